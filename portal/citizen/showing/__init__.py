"""What the citizen's templates are given: stored values turned into rows, days and sentences. Reads only."""
