"""Pages of a hall's windows (综合窗口): scanning a presentation code, asking, seeing, taking applications."""
