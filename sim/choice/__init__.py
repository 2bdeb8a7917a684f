"""Where the course could have turned: decision points, forks from an hour on, and their options side by side."""
