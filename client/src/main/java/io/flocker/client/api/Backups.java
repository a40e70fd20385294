package io.flocker.client.api;

import java.util.List;

/// What is asked and told about backups: copies of snapshots outside of the cluster.
public final class Backups {
    private Backups() {}

    /// Where backups are, and what opens them. Not shown when it is printed: it has secrets.
    ///
    /// @param url `file:///FOLDER` of a node, or `s3://BUCKET/PREFIX`
    /// @param endpoint of an S3 server that is not Amazon's, such as
    ///     `https://s3.example.com:9000`; empty for Amazon's
    /// @param region of the bucket; empty for the usual one
    /// @param keyBase64 what backups are encrypted with, [#KEY_BYTES] bytes
    /// @param login to S3
    public record Destination(String url, String endpoint, String region, String keyBase64, Login login) {
        public static final int KEY_BYTES = 32;

        @Override
        public String toString() {
            return url;
        }
    }

    /// Credentials for S3. Not shown when it is printed.
    ///
    /// @param accessKey empty to use those of the node's daemon
    /// @param sessionToken empty for none
    public record Login(String accessKey, String secretKey, String sessionToken) {
        public static final Login OF_THE_DAEMON = new Login("", "", "");

        public boolean ofTheDaemon() {
            return accessKey.isEmpty();
        }

        @Override
        public String toString() {
            return ofTheDaemon() ? "the daemon's" : "given";
        }
    }

    /// Which backups are to stay; one that any of both keeps, and what that builds upon, stays.
    ///
    /// @param newest so many; 0 for no such rule
    /// @param days those younger than that; 0 for no such rule
    public record Keep(int newest, int days) {
        public static final Keep ALL = new Keep(0, 0);

        public boolean all() {
            return newest == 0 && days == 0;
        }
    }

    /// Back a volume up.
    ///
    /// @param full whether it must not build upon an earlier one
    /// @param bytesPerSecond how fast at most; 0 for no limit
    public record Make(Destination to, boolean full, Keep keep, long bytesPerSecond) {}

    /// Make a volume of a backup.
    ///
    /// @param which the backup
    /// @param environment the new volume's
    /// @param volume the new volume's name
    /// @param node where it is to be; empty for wherever it fits best
    /// @param bytesPerSecond how fast at most; 0 for no limit
    public record Restore(
            Destination from, Which which, String environment, String volume, String node, long bytesPerSecond) {}

    /// One of the backups in a destination: the newest of those that are meant.
    ///
    /// @param id of it; empty for any
    /// @param of only those of that volume, `ENVIRONMENT/VOLUME` as it was called; empty for the
    ///     only volume there
    /// @param notAfterMillis only those of what was then or earlier; 0 for any
    public record Which(String id, String of, long notAfterMillis) {}

    /// List what is in a destination.
    ///
    /// @param node that is to look; empty if any can
    public record Look(Destination at, String node) {}

    /// Read backups and check all of them.
    ///
    /// @param id which one, with those that it builds upon; empty for all
    /// @param node as in [Look#node]
    /// @param bytesPerSecond how fast at most; 0 for no limit
    public record Check(Destination at, String node, String id, long bytesPerSecond) {}

    /// Delete backups.
    ///
    /// @param node as in [Look#node]
    public record Delete(Destination at, String node, List<String> ids) {}

    /// What a node is asked to do.
    public sealed interface Task {
        /// Where the backups are.
        Destination destination();

        /// Whether to only tell what would be done.
        boolean rehearsed();
    }

    /// [Make], to a node.
    ///
    /// @param volume its id
    /// @param name `ENVIRONMENT/VOLUME`
    /// @param position of the snapshot that is backed up; empty if that is still to be taken, for a rehearsal
    /// @param takenAtMillis when it was taken
    /// @param label what names of snapshots that were taken for this destination begin with
    public record MakeTask(
            Make make, String volume, String name, String position, long takenAtMillis, String label, boolean rehearsed)
            implements Task {
        @Override
        public Destination destination() {
            return make.to();
        }
    }

    /// [Restore], to a node.
    ///
    /// @param result what the node tells the control plane when it has the data
    public record RestoreTask(Restore restore, Restored result, boolean rehearsed) implements Task {
        @Override
        public Destination destination() {
            return restore.from();
        }
    }

    /// [Look], to a node.
    public record LookTask(Look look) implements Task {
        @Override
        public Destination destination() {
            return look.at();
        }

        @Override
        public boolean rehearsed() {
            return false;
        }
    }

    /// [Check], to a node.
    public record CheckTask(Check check) implements Task {
        @Override
        public Destination destination() {
            return check.at();
        }

        @Override
        public boolean rehearsed() {
            return false;
        }
    }

    /// [Delete], to a node.
    public record DeleteTask(Delete delete, boolean rehearsed) implements Task {
        @Override
        public Destination destination() {
            return delete.at();
        }
    }

    /// A task that a node is asked for, and for whom.
    ///
    /// @param by who asked
    public record Order(String by, Task task) {}

    /// A node is done with a backup of a volume, or has failed: snapshots that were taken for that go.
    ///
    /// @param volume its id
    /// @param label as in [MakeTask#label]
    /// @param failed position of the one that did not become a backup: only that goes; empty if it did
    /// @param keep positions of those that a later backup can build upon
    public record Made(String volume, String label, String failed, List<String> keep) {}

    /// A node has the data of a volume that is restored.
    ///
    /// @param volume the new volume's id
    /// @param environment where it is to be
    /// @param name what it is to be called
    /// @param by whose request it is
    /// @param owner the environment's when that was asked for; empty if there was none
    public record Restored(String volume, String environment, String name, String by, String owner) {}

    /// Whether the cluster has a volume of that id.
    public record Known(boolean exists) {}

    /// A backup in a destination.
    ///
    /// @param volume `ENVIRONMENT/VOLUME`, as it was called
    /// @param base the backup that it builds upon; empty for a full one
    /// @param kind of pool that it was made from and can be restored to
    /// @param position of the snapshot that it has
    /// @param takenAtMillis when that was taken
    /// @param bytes what it takes in the destination
    /// @param builtUpon how many others it needs
    public record Backup(
            String id,
            String volume,
            String base,
            String kind,
            String position,
            long takenAtMillis,
            long bytes,
            int builtUpon) {}

    /// What a node does, or has done, with a destination, in the background. It ends with its daemon.
    ///
    /// @param id `NODE/NUMBER`
    /// @param verb such as `backup`
    /// @param subject such as a volume's name
    /// @param by who asked for it
    /// @param state `running`, `done` or `failed`
    /// @param totalBytes about how many there are; 0 if that is not known
    /// @param endedAtMillis 0 while it runs
    /// @param error why it failed
    /// @param told what it did, or would do, in words
    /// @param backups those that it found or made
    public record Errand(
            String id,
            String verb,
            String subject,
            String by,
            String state,
            long doneBytes,
            long totalBytes,
            long startedAtMillis,
            long endedAtMillis,
            String error,
            List<String> told,
            List<Backup> backups) {
        public static final String RUNNING = "running";
        public static final String DONE = "done";
        public static final String FAILED = "failed";

        public boolean goesOn() {
            return state.equals(RUNNING);
        }
    }
}
