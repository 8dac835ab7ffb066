"""Use cases, one file per area. Handlers (of jobs, of commands) call one function here and answer."""
