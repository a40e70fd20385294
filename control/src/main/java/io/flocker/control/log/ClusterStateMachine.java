package io.flocker.control.log;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Outcome;
import io.flocker.core.wire.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.ratis.io.MD5Hash;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.statemachine.impl.SimpleStateMachineStorage;
import org.apache.ratis.statemachine.impl.SingleFileSnapshotInfo;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.util.LifeCycle;
import org.apache.ratis.util.MD5FileUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Applies the log's entries to the cluster's state, one after the other. Ratis owns the only thread that changes it;
/// everybody else reads one volatile reference.
final class ClusterStateMachine extends BaseStateMachine {
    private static final Logger log = LoggerFactory.getLogger(ClusterStateMachine.class);

    private final SimpleStateMachineStorage storage = new SimpleStateMachineStorage();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile Replicated replicated = Replicated.EMPTY;

    ClusterState state() {
        return replicated.cluster();
    }

    Optional<ClusterLog.Decision> decided(String key) {
        Replicated current = replicated;
        return Optional.ofNullable(current.answers().get(key)).map(answer -> decision(answer, current.cluster()));
    }

    void onChange(Runnable listener) {
        listeners.add(listener);
    }

    @Override
    public void initialize(RaftServer server, RaftGroupId groupId, RaftStorage raftStorage) throws IOException {
        super.initialize(server, groupId, raftStorage);
        getLifeCycle().startAndTransition(() -> {
            storage.init(raftStorage);
            load(storage.getLatestSnapshot());
        });
    }

    /// A snapshot of the leader's is about to take the place of what is here.
    @Override
    public void pause() {
        getLifeCycle().transition(LifeCycle.State.PAUSING);
        getLifeCycle().transition(LifeCycle.State.PAUSED);
    }

    @Override
    public void reinitialize() throws IOException {
        getLifeCycle().startAndTransition(() -> load(storage.loadLatestSnapshot()));
        listeners.forEach(Runnable::run);
    }

    @Override
    public void notifyLeaderChanged(RaftGroupMemberId member, RaftPeerId leader) {
        listeners.forEach(Runnable::run);
    }

    @Override
    public void notifyLeaderReady() {
        listeners.forEach(Runnable::run);
    }

    @Override
    public void notifyNotLeader(Collection<TransactionContext> pending) {
        listeners.forEach(Runnable::run);
    }

    /// Reads go by [#state]; this only tells that the member still leads.
    @Override
    public CompletableFuture<Message> query(Message request) {
        return CompletableFuture.completedFuture(Message.EMPTY);
    }

    private void load(SingleFileSnapshotInfo snapshot) throws IOException {
        if (snapshot == null) {
            return;
        }
        replicated = read(snapshot.getFile().getPath());
        setLastAppliedTermIndex(snapshot.getTermIndex());
    }

    /// What a snapshot holds.
    static Replicated read(Path snapshot) throws IOException {
        try (var in = new GZIPInputStream(Files.newInputStream(snapshot))) {
            return Json.read(in.readAllBytes(), Replicated.class);
        }
    }

    @Override
    public StateMachineStorage getStateMachineStorage() {
        return storage;
    }

    @Override
    public long takeSnapshot() throws IOException {
        TermIndex applied = getLastAppliedTermIndex();
        Path file =
                storage.getSnapshotFile(applied.getTerm(), applied.getIndex()).toPath();
        MD5Hash digest = write(replicated, file);
        storage.updateLatestSnapshot(
                new SingleFileSnapshotInfo(new FileInfo(file, digest), applied.getTerm(), applied.getIndex()));
        return applied.getIndex();
    }

    /// Makes a snapshot, with its checksum beside it.
    static MD5Hash write(Replicated replicated, Path file) throws IOException {
        // Ratis takes any file of that name for a snapshot: it gets its name once it is whole.
        Path written = file.resolveSibling("incomplete");
        try (var out = new GZIPOutputStream(Files.newOutputStream(written))) {
            out.write(Json.bytes(replicated));
        }
        LogFolder.sync(written);
        LogFolder.move(written, file);
        return MD5FileUtil.computeAndSaveMd5ForFile(file.toFile());
    }

    @Override
    public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
        LogEntryProto entry = transaction.getLogEntry();
        byte[] bytes = entry.getStateMachineLogEntry().getLogData().toByteArray();
        try {
            Replicated.Results results = replicated.after(LogBatch.decode(bytes));
            boolean changed =
                    results.next().cluster().version() != replicated.cluster().version();
            replicated = results.next();
            updateLastAppliedTermIndex(entry.getTerm(), entry.getIndex());
            if (changed) {
                listeners.forEach(Runnable::run);
            }
            return CompletableFuture.completedFuture(
                    Message.valueOf(ByteString.copyFrom(Json.bytes(results.answers()))));
        } catch (IOException e) {
            // A member that cannot read an entry must not go on: its state would differ from the others'.
            log.atError().setCause(e).addKeyValue("index", entry.getIndex()).log("Unreadable log entry");
            return CompletableFuture.failedFuture(e);
        }
    }

    static List<ClusterLog.Decision> decode(byte[] reply, ClusterState state) throws IOException {
        return Arrays.stream(Json.read(reply, Replicated.Answer[].class))
                .map(answer -> decision(answer, state))
                .toList();
    }

    private static ClusterLog.Decision decision(Replicated.Answer answer, ClusterState state) {
        Outcome outcome = answer.accepted()
                ? new Outcome.Accepted(state)
                : new Outcome.Refused(answer.reason(), answer.message());
        return new ClusterLog.Decision(outcome, answer.operation());
    }
}
