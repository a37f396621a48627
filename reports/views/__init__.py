"""Dashboard, units, downloads and the pages for whoever runs the server."""
