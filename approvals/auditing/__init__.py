"""Holding what the machine decided against what it stored: judging again, opening sheets for an auditor."""
