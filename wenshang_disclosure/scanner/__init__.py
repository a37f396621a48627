"""Files are shown to a virus scanner before they are kept or used, where one is set up."""
