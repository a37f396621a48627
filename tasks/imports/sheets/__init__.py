"""The 填报表 of a unit as an Excel file: its columns, writing, and reading. No database access."""
