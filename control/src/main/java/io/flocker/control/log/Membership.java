package io.flocker.control.log;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.ratis.proto.RaftProtos.ServerRpcProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.pcollections.TreePMap;

/// Who the log's members are, and changing it: by the leader only, one change at a time, agreed on like any entry.
/// A change needs a majority of the members before and of those after it.
public final class Membership {
    private static final long CHANGE_SECONDS = 30;
    private static final long TRANSFER_MILLIS = 3_000;

    private final RaftServer server;
    private final RaftGroupId group;
    private final ClientId client = ClientId.randomId();

    Membership(RaftServer server, RaftGroupId group) {
        this.server = server;
        this.group = group;
    }

    /// Members by name, with the addresses of their logs: those of before a change as well, while it is under way.
    public TreePMap<String, String> now() throws IOException {
        RaftConfiguration configuration = server.getDivision(group).getRaftConf();
        TreePMap<String, String> members = TreePMap.empty();
        for (RaftPeer peer : configuration.getPreviousPeers()) {
            members = members.plus(peer.getId().toString(), peer.getAddress());
        }
        for (RaftPeer peer : configuration.getCurrentPeers()) {
            members = members.plus(peer.getId().toString(), peer.getAddress());
        }
        return members;
    }

    /// Whether a change is under way.
    public boolean changes() throws IOException {
        return !server.getDivision(group).getRaftConf().getPreviousPeers().isEmpty();
    }

    /// Members that answered the leader in the last `millis`, and itself. Of use on the leader only.
    public List<String> alive(long millis) throws IOException {
        var role = server.getDivision(group).getInfo().getRoleInfoProto();
        var alive = new ArrayList<>(List.of(server.getId().toString()));
        for (ServerRpcProto follower : role.getLeaderInfo().getFollowerInfoList()) {
            if (follower.getLastRpcElapsedTimeMs() <= millis) {
                alive.add(follower.getId().getId().toStringUtf8());
            }
        }
        return alive;
    }

    /// Makes these the members. A new one's log must be up; it is brought up to date first.
    ///
    /// @throws IOException if this member does not lead, another change is under way, or no majority agreed in time
    public void change(TreePMap<String, String> members) throws IOException, InterruptedException {
        List<RaftPeer> peers = members.entrySet().stream()
                .map(member -> peer(member.getKey(), member.getValue()))
                .toList();
        await(
                server.setConfigurationAsync(
                        new SetConfigurationRequest(client, server.getId(), group, ClusterLog.nextCall(), peers)),
                "The log's members did not become " + members.keySet());
    }

    /// Lets another member lead.
    public void handOver(String name) throws IOException, InterruptedException {
        await(
                server.transferLeadershipAsync(new TransferLeadershipRequest(
                        client,
                        server.getId(),
                        group,
                        ClusterLog.nextCall(),
                        RaftPeerId.valueOf(name),
                        TRANSFER_MILLIS)),
                name + " did not become the leader");
    }

    static RaftPeer peer(String name, String address) {
        return RaftPeer.newBuilder().setId(name).setAddress(address).build();
    }

    private static void await(CompletableFuture<RaftClientReply> answer, String failure)
            throws IOException, InterruptedException {
        try {
            RaftClientReply reply = answer.get(CHANGE_SECONDS, TimeUnit.SECONDS);
            if (!reply.isSuccess()) {
                throw new IOException(failure + ": " + reply.getException());
            }
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException(failure + ": " + (e.getCause() == null ? "no answer" : e.getCause()), e);
        }
    }
}
