"""Rules read aloud: snapshots that a person has read, and the promise that two rules never read the same."""
