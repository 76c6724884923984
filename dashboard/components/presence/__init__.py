"""Working together: who is on shift, what is handed over, the shift's test, and the handover sheet."""
