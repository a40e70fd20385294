package io.flocker.control.log;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/// How Ratis is set up: sizes, times, what a read means.
final class LogProperties {
    /// A leader sends heartbeats at half of the shortest time, 350 ms. A member that hears none for 0.7 to 1.2 s
    /// stands for election. So two heartbeats in a row must be late before anybody does: pauses of a busy machine
    /// (garbage collection, a synced write behind a volume's copy) are shorter. And after a `kill -9` of the leader
    /// the others notice within 1.2 s and vote, once to find out whether they could win and once to do so; even
    /// with a tie in between writes work again within 3 s.
    static final int ELECTION_MIN_MILLIS = 700;
    private static final int LONGEST_PAUSE_DAYS = 3_650;

    static final int ELECTION_MAX_MILLIS = 1_200;
    private static final int ALONE_ELECTION_MILLIS = 5;

    /// Without progress for so long, the leader gives up adding a member.
    private static final long STAGING_SECONDS = 20;

    private LogProperties() {}

    /// @param address where this member listens
    /// @param alone nobody else can be the leader: no need to wait and see
    static RaftProperties of(Path folder, String address, boolean alone, long snapshotEveryEntries) {
        RaftProperties properties = new RaftProperties();
        // A machine that was suspended, or hung, goes on when it is back: by itself Ratis would close for good.
        RaftServerConfigKeys.setCloseThreshold(properties, TimeDuration.valueOf(LONGEST_PAUSE_DAYS, TimeUnit.DAYS));
        RaftServerConfigKeys.setStorageDir(properties, List.of(folder.toFile()));
        GrpcConfigKeys.Server.setHost(properties, address.substring(0, address.lastIndexOf(':')));
        GrpcConfigKeys.Server.setPort(properties, Integer.parseInt(address.substring(address.lastIndexOf(':') + 1)));
        sizes(properties);
        RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(properties, true);
        RaftServerConfigKeys.Snapshot.setAutoTriggerThreshold(properties, snapshotEveryEntries);
        RaftServerConfigKeys.Snapshot.setRetentionFileNum(properties, 2);
        RaftServerConfigKeys.Rpc.setTimeoutMin(properties, millis(ELECTION_MIN_MILLIS));
        RaftServerConfigKeys.Rpc.setTimeoutMax(properties, millis(ELECTION_MAX_MILLIS));
        RaftServerConfigKeys.setStagingTimeout(properties, TimeDuration.valueOf(STAGING_SECONDS, TimeUnit.SECONDS));
        if (alone) {
            RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMin(properties, millis(ALONE_ELECTION_MILLIS));
            RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMax(properties, millis(ALONE_ELECTION_MILLIS));
        }
        // A read is how a leader finds out whether it still leads; a lease spares it asking the others each time.
        RaftServerConfigKeys.Read.setOption(properties, RaftServerConfigKeys.Read.Option.LINEARIZABLE);
        RaftServerConfigKeys.Read.setLeaderLeaseEnabled(properties, true);
        return properties;
    }

    private static void sizes(RaftProperties properties) {
        long command = ClusterLog.MAX_COMMAND_BYTES;
        GrpcConfigKeys.setMessageSizeMax(properties, SizeInBytes.valueOf(2 * command));
        RaftServerConfigKeys.Log.setSegmentSizeMax(properties, SizeInBytes.valueOf("64MB"));
        RaftServerConfigKeys.Log.setPreallocatedSize(properties, SizeInBytes.valueOf("1MB"));
        RaftServerConfigKeys.Log.setWriteBufferSize(properties, SizeInBytes.valueOf(command + 1024L * 1024));
        RaftServerConfigKeys.Log.setSegmentCacheNumMax(properties, 2);
        RaftServerConfigKeys.Log.Appender.setBufferByteLimit(properties, SizeInBytes.valueOf(command));
        RaftServerConfigKeys.Log.setPurgeUptoSnapshotIndex(properties, true);
        RaftServerConfigKeys.Write.setByteLimit(properties, SizeInBytes.valueOf(4 * command));
    }

    private static TimeDuration millis(long millis) {
        return TimeDuration.valueOf(millis, TimeUnit.MILLISECONDS);
    }
}
