package io.flocker.control.log;

import io.flocker.client.Credentials;
import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.grpc.GrpcTlsConfig;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.storage.RaftStorage.StartupOption;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.util.LifeCycle;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/// The durable log of commands (Apache Ratis) and the state it adds up to. A command is answered only after it is
/// synced to disk on a majority of members; here there is one member, or as many as `members` names.
public final class ClusterLog implements AutoCloseable {
    /// The largest command, in bytes.
    public static final int MAX_COMMAND_BYTES = 24 * 1024 * 1024;

    private static final RaftGroupId GROUP =
            RaftGroupId.valueOf(UUID.fromString("6f0c1b52-7b6e-4c8e-9d0a-464c4f434b52"));
    private static final long SUBMIT_TIMEOUT_SECONDS = 10;
    private static final int ELECTION_MIN_MILLIS = 150;
    private static final int ELECTION_MAX_MILLIS = 300;
    private static final int ALONE_ELECTION_MILLIS = 5;
    private static final long SNAPSHOT_EVERY_COMMANDS = 20_000;

    private final RaftServer server;
    private final RaftPeerId self;
    private final ClusterStateMachine machine;
    private final ClientId client = ClientId.randomId();
    private final AtomicLong calls = new AtomicLong();

    /// A member of the log.
    ///
    /// @param name the node's name
    /// @param address `host:port` of its Raft listener
    public record Member(String name, String address) {}

    /// What came of a command.
    ///
    /// @param operation the one it started, also if a request before it with the same key did; empty for none
    public record Decision(Outcome outcome, String operation) {}

    /// Opens the log in `folder` as member `self` and waits until it has a leader.
    public ClusterLog(Path folder, String self, List<Member> members, Credentials credentials) throws IOException {
        this(folder, self, members, credentials, SNAPSHOT_EVERY_COMMANDS);
    }

    ClusterLog(Path folder, String self, List<Member> members, Credentials credentials, long snapshotEveryCommands)
            throws IOException {
        this.self = RaftPeerId.valueOf(self);
        machine = new ClusterStateMachine();
        List<RaftPeer> peers = members.stream()
                .map(member -> RaftPeer.newBuilder()
                        .setId(member.name())
                        .setAddress(member.address())
                        .build())
                .toList();
        Parameters parameters = new Parameters();
        GrpcConfigKeys.TLS.setConf(
                parameters, new GrpcTlsConfig(credentials.keyManager(), credentials.trustManager(), true));
        server = RaftServer.newBuilder()
                .setServerId(this.self)
                .setGroup(RaftGroup.valueOf(GROUP, peers))
                .setStateMachine(machine)
                .setProperties(properties(folder, members, self, snapshotEveryCommands))
                .setParameters(parameters)
                .setOption(StartupOption.RECOVER)
                .build();
        server.start();
        awaitLeader();
    }

    private static RaftProperties properties(
            Path folder, List<Member> members, String self, long snapshotEveryCommands) {
        RaftProperties properties = new RaftProperties();
        RaftServerConfigKeys.setStorageDir(properties, List.of(folder.toFile()));
        String address = members.stream()
                .filter(member -> member.name().equals(self))
                .map(Member::address)
                .findFirst()
                .orElseThrow();
        GrpcConfigKeys.Server.setHost(properties, address.substring(0, address.lastIndexOf(':')));
        GrpcConfigKeys.Server.setPort(properties, Integer.parseInt(address.substring(address.lastIndexOf(':') + 1)));
        GrpcConfigKeys.setMessageSizeMax(properties, SizeInBytes.valueOf(2L * MAX_COMMAND_BYTES));
        RaftServerConfigKeys.Log.setSegmentSizeMax(properties, SizeInBytes.valueOf("64MB"));
        RaftServerConfigKeys.Log.setPreallocatedSize(properties, SizeInBytes.valueOf("1MB"));
        RaftServerConfigKeys.Log.setWriteBufferSize(properties, SizeInBytes.valueOf(MAX_COMMAND_BYTES + 1024L * 1024));
        RaftServerConfigKeys.Log.setSegmentCacheNumMax(properties, 2);
        RaftServerConfigKeys.Log.Appender.setBufferByteLimit(properties, SizeInBytes.valueOf(MAX_COMMAND_BYTES));
        RaftServerConfigKeys.Log.setPurgeUptoSnapshotIndex(properties, true);
        RaftServerConfigKeys.Write.setByteLimit(properties, SizeInBytes.valueOf(4L * MAX_COMMAND_BYTES));
        RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(properties, true);
        RaftServerConfigKeys.Snapshot.setAutoTriggerThreshold(properties, snapshotEveryCommands);
        RaftServerConfigKeys.Snapshot.setRetentionFileNum(properties, 2);
        RaftServerConfigKeys.Rpc.setTimeoutMin(
                properties, TimeDuration.valueOf(ELECTION_MIN_MILLIS, TimeUnit.MILLISECONDS));
        RaftServerConfigKeys.Rpc.setTimeoutMax(
                properties, TimeDuration.valueOf(ELECTION_MAX_MILLIS, TimeUnit.MILLISECONDS));
        if (members.size() == 1) {
            // Nobody else can be the leader: no need to wait and see.
            TimeDuration now = TimeDuration.valueOf(ALONE_ELECTION_MILLIS, TimeUnit.MILLISECONDS);
            RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMin(properties, now);
            RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMax(properties, now);
        }
        return properties;
    }

    private void awaitLeader() throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!isLeader() && System.nanoTime() < deadline) {
            if (server.getLifeCycleState() == LifeCycle.State.EXCEPTION) {
                throw new IOException("The log did not start; see the lines before this one");
            }
            LockSupport.parkNanos(5_000_000);
        }
    }

    /// Whether this member may be asked to [#submit].
    public boolean isLeader() throws IOException {
        return server.getDivision(GROUP).getInfo().isLeaderReady();
    }

    /// The state after every command applied so far.
    public ClusterState state() {
        return machine.state();
    }

    /// Called on every change of the state, after it; must return at once.
    public void onChange(Runnable listener) {
        machine.onChange(listener);
    }

    /// What came of the request that had `key`, if there was one; the oldest are forgotten.
    public Optional<Decision> decided(String key) {
        return machine.decided(key);
    }

    /// Makes `command` durable and returns the cluster's answer to it.
    ///
    /// @throws IOException if no majority confirmed it in time: it may or may not have happened
    public Decision submit(Command command) throws IOException, InterruptedException {
        return submit("", command);
    }

    /// Like [#submit(Command)], but a second request with the same non-empty `key` gets the first one's answer.
    public Decision submit(String key, Command command) throws IOException, InterruptedException {
        byte[] entry = LogEntry.encode(new LogEntry(key, command));
        if (entry.length > MAX_COMMAND_BYTES) {
            String message = "The request is too large: " + entry.length + " bytes, at most " + MAX_COMMAND_BYTES;
            return new Decision(new Outcome.Refused(Outcome.Reason.INVALID, message), "");
        }
        RaftClientRequest request = RaftClientRequest.newBuilder()
                .setClientId(client)
                .setServerId(self)
                .setGroupId(GROUP)
                .setCallId(calls.incrementAndGet())
                .setMessage(Message.valueOf(ByteString.copyFrom(entry)))
                .setType(RaftClientRequest.writeRequestType())
                .build();
        try {
            RaftClientReply reply =
                    server.submitClientRequestAsync(request).get(SUBMIT_TIMEOUT_SECONDS, TimeUnit.SECONDS);
            if (!reply.isSuccess()) {
                throw new IOException("The log did not take the command: " + reply.getException());
            }
            return ClusterStateMachine.decode(reply.getMessage().getContent().toByteArray(), machine.state());
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("The log did not confirm the command within " + SUBMIT_TIMEOUT_SECONDS + " s", e);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
