package io.flocker.control.log;

import io.flocker.client.Credentials;
import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.ratis.conf.Parameters;
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
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage.StartupOption;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.util.LifeCycle;

/// The durable log of commands (Apache Ratis) and the state it adds up to. A command is answered only after it is
/// synced to disk on a majority of members: one, or three or five, of which the smaller half may be lost.
public final class ClusterLog implements AutoCloseable {
    /// The largest command, or commands together, in bytes.
    public static final int MAX_COMMAND_BYTES = 24 * 1024 * 1024;

    /// No term.
    public static final long NOT = 0;

    private static final AtomicLong CALLS = new AtomicLong();
    private static final long SUBMIT_TIMEOUT_SECONDS = 10;
    private static final long CONFIRM_TIMEOUT_SECONDS = 3;
    private static final long SNAPSHOT_EVERY_ENTRIES = 20_000;

    private final long generation;
    private final RaftGroupId group;
    private final RaftServer server;
    private final RaftPeerId self;
    private final ClusterStateMachine machine;
    private final Membership membership;
    private final ClientId client = ClientId.randomId();

    /// A member of the log.
    ///
    /// @param name the node's name
    /// @param address `host:port` of its Raft listener
    public record Member(String name, String address) {}

    /// What came of a command.
    ///
    /// @param operation the one it started, also if a request before it with the same key did; empty for none
    public record Decision(Outcome outcome, String operation) {}

    /// Opens the log in `folder` as member `self`. If it is the only member, waits until it leads.
    ///
    /// @param folder of a log that is there, or of one that is made now; see [Generation#begin]
    /// @param founders the members of a log that begins now; empty for a member that others take in later. Of no
    ///     meaning for a log that is there already.
    public ClusterLog(Path folder, Member self, List<Member> founders, Credentials credentials) throws IOException {
        this(folder, self, founders, credentials, SNAPSHOT_EVERY_ENTRIES);
    }

    ClusterLog(Path folder, Member self, List<Member> founders, Credentials credentials, long snapshotEveryEntries)
            throws IOException {
        generation = Generation.of(folder);
        group = Generation.group(generation);
        this.self = RaftPeerId.valueOf(self.name());
        machine = new ClusterStateMachine();
        boolean alone = founders.equals(List.of(self));
        List<RaftPeer> peers = founders.stream()
                .map(member -> Membership.peer(member.name(), member.address()))
                .toList();
        Parameters parameters = new Parameters();
        GrpcConfigKeys.TLS.setConf(
                parameters, new GrpcTlsConfig(credentials.keyManager(), credentials.trustManager(), true));
        server = RaftServer.newBuilder()
                .setServerId(this.self)
                .setGroup(RaftGroup.valueOf(group, peers))
                .setStateMachine(machine)
                .setProperties(LogProperties.of(folder, self.address(), alone, snapshotEveryEntries))
                .setParameters(parameters)
                .setOption(StartupOption.RECOVER)
                .build();
        server.start();
        membership = new Membership(server, group);
        if (alone) {
            awaitLeader();
        }
    }

    private void awaitLeader() throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (leads() == NOT && membership.now().size() <= 1 && System.nanoTime() < deadline) {
            if (server.getLifeCycleState() == LifeCycle.State.EXCEPTION) {
                throw new IOException("The log did not start; see the lines before this one");
            }
            LockSupport.parkNanos(5_000_000);
        }
    }

    static long nextCall() {
        return CALLS.incrementAndGet();
    }

    /// The term in which this member leads and may be asked to [#submit]; [#NOT] if it does not, as far as it
    /// knows: a member that was cut off finds out late. Every leader's term is higher than those before it.
    public long leads() {
        Optional<DivisionInfo> info = info();
        long term = info.map(DivisionInfo::getCurrentTerm).orElse(NOT);
        return info.filter(DivisionInfo::isLeaderReady)
                .map(DivisionInfo::getCurrentTerm)
                .filter(now -> now == term)
                .map(now -> Generation.term(generation, now))
                .orElse(NOT);
    }

    /// Which of its cluster's logs this is.
    public long generation() {
        return generation;
    }

    /// Whether this member takes part: one that was removed while it was away ends by itself.
    public boolean isUp() {
        return info().filter(DivisionInfo::isAlive).isPresent();
    }

    private Optional<DivisionInfo> info() {
        try {
            return Optional.of(server.getDivision(group).getInfo());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /// Makes sure of it: at some moment during this call, a majority had no other leader.
    ///
    /// @return as [#leads]
    public long confirmed() throws InterruptedException {
        long term = leads();
        if (term == NOT) {
            return NOT;
        }
        RaftClientRequest read = request()
                .setMessage(Message.EMPTY)
                .setType(RaftClientRequest.readRequestType())
                .build();
        try {
            RaftClientReply reply =
                    server.submitClientRequestAsync(read).get(CONFIRM_TIMEOUT_SECONDS, TimeUnit.SECONDS);
            return reply.isSuccess() && leads() == term ? term : NOT;
        } catch (IOException | ExecutionException | TimeoutException e) {
            return NOT;
        }
    }

    /// How far this member's log is applied: the index of the last entry; -1 for none.
    public long appliedIndex() {
        return info().map(DivisionInfo::getLastAppliedIndex).orElse(-1L);
    }

    /// The name of the member that leads, as far as this one knows.
    public Optional<String> leader() {
        return info().map(DivisionInfo::getLeaderId).map(RaftPeerId::toString);
    }

    /// This member's name.
    public String self() {
        return self.toString();
    }

    public Membership membership() {
        return membership;
    }

    /// The state after every command applied so far.
    public ClusterState state() {
        return machine.state();
    }

    /// Called on every change of the state or of the leader, after it; must return at once.
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
        return submit(new LogEntry(key, command));
    }

    /// The same for a command that somebody is answerable for.
    public Decision submit(LogEntry asked) throws IOException, InterruptedException {
        return submit(List.of(asked)).getFirst();
    }

    /// The same for several, decided in this order. What fits into one entry of the log becomes part of the state at
    /// one moment, and is lost or kept together.
    public List<Decision> submit(List<LogEntry> asked) throws IOException, InterruptedException {
        List<Answers> coming = new ArrayList<>();
        for (LogBatch batch : LogBatch.of(asked)) {
            coming.add(begin(batch));
        }
        List<Decision> decisions = new ArrayList<>();
        for (Answers answers : coming) {
            decisions.addAll(answers.get());
        }
        return List.copyOf(decisions);
    }

    /// Waits for what came of a batch.
    private interface Answers {
        List<Decision> get() throws IOException, InterruptedException;
    }

    private Answers begin(LogBatch batch) throws IOException {
        if (batch.bytes() > MAX_COMMAND_BYTES) {
            String message = "The request is too large: " + batch.bytes() + " bytes, at most " + MAX_COMMAND_BYTES
                    + "; leave large files to an image or a volume";
            return () -> List.of(new Decision(new Outcome.Refused(Outcome.Reason.INVALID, message), ""));
        }
        var reply = server.submitClientRequestAsync(request()
                .setMessage(Message.valueOf(ByteString.copyFrom(batch.encode())))
                .setType(RaftClientRequest.writeRequestType())
                .build());
        return () -> decisions(reply);
    }

    private List<Decision> decisions(Future<RaftClientReply> coming) throws IOException, InterruptedException {
        try {
            RaftClientReply reply = coming.get(SUBMIT_TIMEOUT_SECONDS, TimeUnit.SECONDS);
            if (reply.getNotLeaderException() != null || reply.getLeaderNotReadyException() != null) {
                throw new NotLeading(self + " does not lead any more; it may or may not have happened");
            }
            if (!reply.isSuccess()) {
                throw new IOException("The log did not take the command: " + reply.getException());
            }
            return ClusterStateMachine.decode(reply.getMessage().getContent().toByteArray(), machine.state());
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("The log did not confirm the command within " + SUBMIT_TIMEOUT_SECONDS + " s", e);
        }
    }

    private RaftClientRequest.Builder request() {
        return RaftClientRequest.newBuilder()
                .setClientId(client)
                .setServerId(self)
                .setGroupId(group)
                .setCallId(nextCall());
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
