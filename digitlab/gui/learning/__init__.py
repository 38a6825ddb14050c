"""The room that shows how layers learn: how their numbers are spread over time, how long steps are, which units die."""
