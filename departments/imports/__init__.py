"""Reading and template of the Excel file of units and people. No database access."""
