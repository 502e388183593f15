"""For whom one acts: delegation (代办), guardianship (监护), an organisation's representatives and agents (经办人)."""
