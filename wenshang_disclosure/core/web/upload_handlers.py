"""Reception of large uploads in files without a name, which are gone when the request or its process ends."""

import tempfile

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler


class UnnamedFileUploadHandler(FileUploadHandler):
    """Upload handler that writes into a temporary file without a name.

    Django's own writes into a named one, which stays where a connection is cut or a worker is killed.
    """

    def new_file(self, *args, **kwargs):
        """Open the file that the next chunks are for."""
        super().new_file(*args, **kwargs)
        content = tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR)  # noqa: SIM115, closed with the request
        self.file = UploadedFile(content, self.file_name, self.content_type, 0, self.charset, self.content_type_extra)

    def receive_data_chunk(self, raw_data, start):
        """Write a chunk; no other handler gets it."""
        self.file.write(raw_data)

    def file_complete(self, file_size):
        """Return the file, rewound."""
        self.file.seek(0)
        self.file.size = file_size
        return self.file

    def upload_interrupted(self):
        """Give the room on the disk back."""
        if hasattr(self, "file"):
            self.file.close()
