"""The shell: settings, SQL, auth, REST, jobs, command line and the composition root."""
