"""Where in the workbook the rows behind a figure stand, so that the figure can lead there."""


class Places:
    """Remembers for each key the first and last of its rows, and how many they are; the rows themselves are gone."""

    def __init__(self):
        """Nothing is written yet."""
        self.found, self.sheets = {}, {}

    def begin(self, name, sheet, columns):
        """Say on which sheet the rows of a list stand."""
        self.sheets[name] = (sheet, columns)

    def note(self, name, row, *keys):
        """Remember that `row` of a list is behind each of `keys`."""
        for key in keys:
            place = self.found.setdefault((name, key), [row, row, 0])
            place[1] = row
            place[2] += 1

    def noted(self, name, first, rows):
        """Return the values of `(keys, values)` rows, remembering where each of them stands."""
        for row, (keys, values) in enumerate(rows, start=first):
            self.note(name, row, *keys)
            yield values

    def of(self, name, key):
        """Return the address of all rows of a key where they stand together, else of the first, else nothing."""
        if (name, key) not in self.found:
            return None
        first, last, count = self.found[name, key]
        sheet, columns = self.sheets[name]
        return sheet.place(first, last if last - first + 1 == count else first, columns)
