"""Step 5, action: what was decided goes to the people, and the software, that it is for."""
