package io.flocker.control.lead;

import io.flocker.client.api.Answers;
import io.flocker.client.api.Requests;
import io.flocker.control.log.ClusterLog;
import io.flocker.control.log.Membership;
import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.model.Node;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.pcollections.TreePMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings the log's members in line with what was decided ([Node#voter]), on the leader, one at a time. It looks at
/// both anew each time, so that a later leader goes on where one ended.
public final class Voters implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Voters.class);
    private static final long PERIOD_MILLIS = 500;

    /// A daemon that said nothing for so long is away.
    private static final long AWAY_MILLIS = 5_000;

    /// A member that did not answer the leader for so long does not count: three times the longest heartbeat.
    private static final long DEAD_MILLIS = 2_000;

    private final ClusterLog clusterLog;
    private final Membership membership;
    private final String raftPort;
    private final Map<String, Said> said = new ConcurrentHashMap<>();
    private final Thread thread;
    private volatile boolean closed;

    /// What a node's daemon said last, and when.
    public record Said(Requests.Control control, long atMillis) {}

    /// @param raftPort where nodes' logs listen
    Voters(ClusterLog clusterLog, String raftPort) {
        this.clusterLog = clusterLog;
        this.raftPort = raftPort;
        membership = clusterLog.membership();
        thread = Thread.ofPlatform().name("voters").daemon().start(this::run);
    }

    /// Hears a node's daemon.
    ///
    /// @return what the node's part is
    public Answers.Standing hear(String node, Requests.Control control) throws IOException {
        said.put(node, new Said(control, System.currentTimeMillis()));
        if (membership.now().containsKey(node)) {
            return Answers.Standing.VOTER;
        }
        return clusterLog.state().voters().containsKey(node) ? Answers.Standing.NEW_VOTER : Answers.Standing.AGENT;
    }

    /// What a node's daemon said last.
    public Optional<Said> said(String node) {
        return Optional.ofNullable(said.get(node));
    }

    /// The addresses of nodes that are members of the log or are to be, those first who are.
    public List<String> addresses() throws IOException {
        ClusterState state = clusterLog.state();
        TreePMap<String, String> members = membership.now();
        List<String> addresses = new ArrayList<>();
        for (String member : members.keySet()) {
            Optional.ofNullable(state.nodes().get(member)).map(Node::address).ifPresent(addresses::add);
        }
        state.voters().values().stream()
                .filter(voter -> !members.containsKey(voter.name()))
                .map(Node::address)
                .forEach(addresses::add);
        return addresses;
    }

    /// A node's part in words: `leader`, `voter`, `joining` or `leaving` while that changes, empty for none.
    public String part(Node node) {
        try {
            boolean member = membership.now().containsKey(node.name());
            if (!member) {
                return node.voter() ? "joining" : "";
            }
            boolean leads = clusterLog.leads() != ClusterLog.NOT && node.name().equals(clusterLog.self());
            return leads ? "leader" : node.voter() ? "voter" : "leaving";
        } catch (IOException e) {
            return "";
        }
    }

    /// Why `node` cannot cease to be a voter, if so: too few of the others are alive to decide anything.
    public Optional<String> refuseWithout(String node) throws IOException {
        List<String> others = membership.now().keySet().stream()
                .filter(member -> !member.equals(node))
                .toList();
        List<String> alive = others.stream().filter(this::isAlive).toList();
        if (alive.size() > others.size() / 2) {
            return Optional.empty();
        }
        List<String> dead =
                others.stream().filter(other -> !alive.contains(other)).toList();
        return Optional.of("without " + node + ", " + alive.size() + " of " + others.size()
                + " voters would be there, which is no majority: " + String.join(", ", dead)
                + (dead.size() == 1 ? " is" : " are") + " away. Bring it back or demote it first");
    }

    private boolean isAlive(String member) {
        try {
            return membership.alive(DEAD_MILLIS).contains(member);
        } catch (IOException e) {
            return false;
        }
    }

    private void run() {
        while (!closed) {
            try {
                if (clusterLog.confirmed() != ClusterLog.NOT) {
                    step();
                }
                TimeUnit.MILLISECONDS.sleep(PERIOD_MILLIS);
            } catch (InterruptedException e) {
                return;
            } catch (IOException e) {
                log.atWarn().addKeyValue("reason", e.getMessage()).log("Changing the voters goes on later");
                pause();
            }
        }
    }

    private void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(PERIOD_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// One change, if one is due. Dead members go first: each of them makes a majority harder to find. Living
    /// ones go last, when those who come are there.
    private void step() throws IOException, InterruptedException {
        ClusterState state = clusterLog.state();
        TreePMap<String, String> members = membership.now();
        if (membership.changes()) {
            return;
        }
        if (state.voters().isEmpty()) {
            // A log of before there were voters.
            decideOnSelf(state);
            return;
        }
        Optional<String> dead = leaving(state, members, false);
        Optional<Node> added = joining(state, members);
        Optional<String> living = leaving(state, members, true);
        if (dead.isPresent()) {
            remove(dead.get(), members);
        } else if (added.isPresent()) {
            Node node = added.get();
            membership.change(members.plus(node.name(), address(node)));
            log.atInfo().addKeyValue("node", node.name()).log("Voter added");
        } else if (living.isPresent()) {
            remove(living.get(), members);
        }
    }

    private void decideOnSelf(ClusterState state) throws IOException, InterruptedException {
        if (state.nodes().containsKey(clusterLog.self())) {
            clusterLog.submit(
                    new Command.SetVoter(clusterLog.self(), System.currentTimeMillis(), clusterLog.self(), true));
        }
    }

    private Optional<String> leaving(ClusterState state, TreePMap<String, String> members, boolean alive) {
        return members.keySet().stream()
                .filter(member -> !state.voters().containsKey(member) && isAlive(member) == alive)
                .findFirst();
    }

    /// A voter that is no member yet, or is one at another address, and whose log is up.
    private Optional<Node> joining(ClusterState state, TreePMap<String, String> members) {
        return state.voters().values().stream()
                .filter(voter -> !address(voter).equals(members.get(voter.name())) && isUp(voter.name()))
                .findFirst();
    }

    private boolean isUp(String node) {
        return said(node)
                .filter(last -> last.control().logIsUp() && System.currentTimeMillis() - last.atMillis() < AWAY_MILLIS)
                .isPresent();
    }

    private void remove(String member, TreePMap<String, String> members) throws IOException, InterruptedException {
        if (refuseWithout(member).isPresent()) {
            return;
        }
        if (member.equals(clusterLog.self())) {
            // It could not tell anybody that it is no member any more; somebody else takes it out.
            Optional<String> next = members.keySet().stream()
                    .filter(other -> !other.equals(member) && isAlive(other))
                    .findFirst();
            if (next.isPresent()) {
                membership.handOver(next.get());
            }
            return;
        }
        membership.change(members.minus(member));
        log.atInfo().addKeyValue("node", member).log("Voter removed");
    }

    private String address(Node node) {
        return node.address() + ":" + raftPort;
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
