package io.flocker.verify.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Outcome;
import io.flocker.core.model.Operation;
import io.flocker.core.plan.OperationProgress;
import io.flocker.core.spec.ApplicationSpec;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.pcollections.TreePMap;

/// Deploys while a node says nothing: they wait for it only if they change something there, say so soon, and give up
/// long before their time limit.
class SilentNodesTest {
    private static final long HOUR_MILLIS = 3_600_000;
    private static final ApplicationSpec BEFORE = SimClient.application("db:1", "web:1");

    private final Timeline time = new Timeline(1);
    private final SimCluster cluster = new SimCluster(time, Faults.none(time));

    @Test
    void goesOnWithWhatDoesNotConcernTheSilentNode() {
        SimNode database = startAndLose();
        deploy("beside", SimClient.application("db:1", "web:2"));
        cluster.runUntil(time.now() + 30_000);

        assertThat(operation("beside").state()).isEqualTo(Operation.State.DONE);
        database.powerOn();
        cluster.settle();
    }

    @Test
    void namesTheSilentNodeAndGivesUp() {
        SimNode database = startAndLose();
        deploy("there", SimClient.application("db:2", "web:1"));
        cluster.runUntil(time.now() + 10_000);

        assertThat(OperationProgress.of(
                                cluster.leader.state(), cluster.leader.current(), operation("there"), time.clock())
                        .waiting()
                        .getFirst())
                .startsWith("node " + database.name + ", which has not been heard for ");
        cluster.runUntil(time.now() + 120_000);
        assertThat(operation("there").state()).isEqualTo(Operation.State.FAILED);
        assertThat(operation("there").error())
                .contains("node " + database.name, "nothing was changed", "flocker daemon");
        assertThat(cluster.leader.state().environment("shop").orElseThrow().application())
                .isEqualTo(BEFORE);
        database.powerOn();
        cluster.settle();
    }

    @Test
    void namesANodeThatANewLeaderHasNeverHeard() {
        SimNode database = startAndLose();
        cluster.leader.crash();
        deploy("there", SimClient.application("db:2", "web:1"));
        cluster.runUntil(time.now() + 130_000);

        assertThat(operation("there").error()).contains("node " + database.name);
    }

    @Test
    void waitsForANodeThatComesBack() {
        SimNode database = startAndLose();
        deploy("there", SimClient.application("db:2", "web:1"));
        cluster.runUntil(time.now() + 90_000);
        database.powerOn();
        cluster.settle();

        assertThat(operation("there").state()).isEqualTo(Operation.State.DONE);
    }

    /// Two services on two nodes, and then one.
    private SimNode startAndLose() {
        cluster.start();
        deploy("before", BEFORE);
        cluster.settle();
        List<SimNode> running = cluster.nodes.stream()
                .filter(node -> !node.observe().containers().isEmpty())
                .toList();
        assertThat(running).hasSize(2);
        SimNode database = cluster.node(
                cluster.leader.state().volumes().firstEntry().getValue().head().primary());
        database.powerOff();
        cluster.runUntil(time.now() + 10_000);
        return database;
    }

    private void deploy(String id, ApplicationSpec application) {
        assertThat(cluster.leader.submit(new Command.Deploy(
                        "sim",
                        time.clock(),
                        id,
                        time.clock() + HOUR_MILLIS,
                        "shop",
                        application,
                        TreePMap.empty(),
                        OptionalLong.empty())))
                .isInstanceOf(Outcome.Accepted.class);
    }

    private Operation operation(String id) {
        return cluster.leader.state().operation(id).orElseThrow();
    }
}
