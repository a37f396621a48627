"""Who may take figures and files out (design §6): everybody, of what they may see."""

import rules

from departments.rules import reads_everything

rules.add_perm("reports.export", rules.is_authenticated)
rules.add_perm("reports.read_whole_county", reads_everything)
