"""What training is made of: scenarios, what trainer and trainees see, the debrief. `training/` at the front door has the I/O."""
