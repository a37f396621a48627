"""Permissions of reports (design: Who may do what).

Everybody may export what they may see.
"""

import rules

from departments.rules import is_auditor, is_office, reads_everything, units_are_ranked

rules.add_perm("reports.export", rules.is_authenticated)
rules.add_perm("reports.read_whole_county", reads_everything)
rules.add_perm("reports.assess", is_office)
rules.add_perm("reports.see_published_ranks", rules.is_authenticated & units_are_ranked)
rules.add_perm("reports.see_current_ranks", is_office & units_are_ranked)
rules.add_perm("reports.issue_bulletins", is_office)
rules.add_perm("reports.replace_templates", is_office)
rules.add_perm("reports.read_templates", is_office | is_auditor)
rules.add_perm("reports.see_audit", is_office | is_auditor)
