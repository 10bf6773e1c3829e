//! What faults do to running processes: nothing is lost, nothing is half done, and everything is answered in time.
