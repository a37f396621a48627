"""Examination of an installation (安装体检): what is wrong, and what to type; deploy/doctor.py has the rest."""
