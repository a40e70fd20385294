package io.flocker.core.plan;

import io.flocker.core.cut.Cut;
import io.flocker.core.lease.Tenure;
import io.flocker.core.model.Head;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.spec.QuiesceSpec;
import java.util.List;
import java.util.Optional;

/// One action of a node on itself, harmless to repeat. Each leaves a mark that [Observed] shows.
public sealed interface Step {
    /// What it acts on. An agent runs one step a subject at a time.
    String subject();

    /// What it does, in a word.
    String verb();

    record MakeHead(String volume, Head head, String seedBase64) implements Step {
        @Override
        public String subject() {
            return "volume " + volume;
        }

        @Override
        public String verb() {
            return head.keep().isPresent() ? "roll back" : "create";
        }
    }

    /// Fetches a snapshot from another node.
    ///
    /// @param base an earlier snapshot that both have, so that only the difference is sent
    /// @param source the other node's address
    record Receive(SnapshotId snapshot, Optional<SnapshotId> base, String source) implements Step {
        @Override
        public String subject() {
            return "volume " + snapshot.volume();
        }

        @Override
        public String verb() {
            return "receive";
        }
    }

    /// Gives up a head that another node has now. What was in it is in `last`.
    record DropHead(String volume, SnapshotId last) implements Step {
        @Override
        public String subject() {
            return "volume " + volume;
        }

        @Override
        public String verb() {
            return "hand over";
        }
    }

    record LimitVolume(String volume, long bytes) implements Step {
        @Override
        public String subject() {
            return "volume " + volume;
        }

        @Override
        public String verb() {
            return "limit";
        }
    }

    /// Takes a snapshot, or those of a checkpoint or of a round of replication at one moment: everything in the
    /// environment is frozen for it, on all nodes that take some.
    ///
    /// @param cut that of the checkpoint or the round; empty for a snapshot on its own
    /// @param quiesce what services do before and after
    record TakeSnapshots(List<SnapshotId> snapshots, Optional<Cut> cut, List<Quiesce> quiesce) implements Step {
        /// One service's commands around a checkpoint.
        ///
        /// @param container the engine's id of the container to run them in
        public record Quiesce(String service, String container, QuiesceSpec commands) {}

        @Override
        public String subject() {
            return cut.map(Cut::subject).orElse("volume " + snapshots.getFirst().volume());
        }

        @Override
        public String verb() {
            return "snapshot";
        }
    }

    record DeleteSnapshot(SnapshotId snapshot) implements Step {
        @Override
        public String subject() {
            return "volume " + snapshot.volume();
        }

        @Override
        public String verb() {
            return "delete snapshot";
        }
    }

    record DeleteVolume(String volume) implements Step {
        @Override
        public String subject() {
            return "volume " + volume;
        }

        @Override
        public String verb() {
            return "delete";
        }
    }

    record PullImage(Assignment.WantedImage image) implements Step {
        @Override
        public String subject() {
            return "image " + image.reference();
        }

        @Override
        public String verb() {
            return "pull";
        }
    }

    record CreateNetwork(String environment) implements Step {
        @Override
        public String subject() {
            return "network " + environment;
        }

        @Override
        public String verb() {
            return "create";
        }
    }

    record DeleteNetwork(String environment) implements Step {
        @Override
        public String subject() {
            return "network " + environment;
        }

        @Override
        public String verb() {
            return "delete";
        }
    }

    /// Creates an instance's container and starts it.
    ///
    /// @param tenures what only a lease allows it to write: not started without one
    record StartNew(Assignment.WantedInstance instance, Assignment.WantedEnvironment environment, List<Tenure> tenures)
            implements Step {
        @Override
        public String subject() {
            return instance.key();
        }

        @Override
        public String verb() {
            return "start";
        }
    }

    /// Starts a container that is there but does not run.
    ///
    /// @param failures how often it has ended by itself in a row
    /// @param pauseMillis how long to wait since it was seen to have ended so often; 0 for not at all
    /// @param tenures that it was made under: not started without a lease for them
    record StartAgain(String instance, String container, int failures, long pauseMillis, List<Tenure> tenures)
            implements Step {
        @Override
        public String subject() {
            return instance;
        }

        @Override
        public String verb() {
            return "restart";
        }
    }

    /// Stops a container: drained, its stop signal, and after the grace period SIGKILL.
    record Stop(String instance, String container, long graceMillis) implements Step {
        @Override
        public String subject() {
            return instance;
        }

        @Override
        public String verb() {
            return "stop";
        }
    }

    record RemoveContainer(String instance, String container) implements Step {
        @Override
        public String subject() {
            return instance;
        }

        @Override
        public String verb() {
            return "remove";
        }
    }

    /// Brings a routing table into force.
    record Route(RoutingTable table) implements Step {
        public static final String SUBJECT = "routes";

        @Override
        public String subject() {
            return SUBJECT;
        }

        @Override
        public String verb() {
            return "route";
        }
    }
}
