package io.flocker.core.spec;

import java.util.List;

/// One step of a schedule.
public sealed interface StepSpec {
    /// Run a job of the environment.
    ///
    /// @param command instead of the service's; empty for that one
    record Run(String service, List<String> command) implements StepSpec {
        @Override
        public String toString() {
            return "run " + service;
        }
    }

    /// Take a checkpoint of the environment. It takes the place of an earlier one of that name once it is complete.
    record Checkpoint(String name) implements StepSpec {
        @Override
        public String toString() {
            return "checkpoint " + name;
        }
    }

    /// Refresh branches of the environment to the checkpoint that the schedule took, or if it took none, to the newest
    /// one that somebody named.
    record Refresh(List<String> environments) implements StepSpec {
        @Override
        public String toString() {
            return "refresh " + String.join(", ", environments);
        }
    }
}
