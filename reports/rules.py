"""Who may take figures and files out (design: Who may do what): everybody, of what they may see. Who sees what was
done.
"""

import rules

from departments.rules import is_auditor, is_office, reads_everything

rules.add_perm("reports.export", rules.is_authenticated)
rules.add_perm("reports.read_whole_county", reads_everything)
rules.add_perm("reports.assess", is_office)
rules.add_perm("reports.replace_templates", is_office)
rules.add_perm("reports.see_audit", is_office | is_auditor)
