package io.flocker.core.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.ledger.Ledger;
import io.flocker.core.model.Instance;
import io.flocker.core.model.Node;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.spec.HttpRouting;
import io.flocker.core.spec.Mount;
import io.flocker.core.spec.RestartPolicy;
import io.flocker.core.spec.Sandbox;
import io.flocker.core.spec.ServiceSpec;
import io.flocker.core.spec.Strategy;
import io.flocker.core.spec.UpgradeSpec;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pcollections.TreePMap;

class JsonTest {
    @Test
    void readsWhatItWrote() throws Exception {
        Command command = new Command.ForgetSnapshots(12, List.of(new SnapshotId("v", 3, 4)));
        byte[] json = Json.bytes(command);
        assertThat(Json.read(json, Command.class)).isEqualTo(command);
        assertThat(Json.read(Json.bytes(ClusterState.EMPTY), ClusterState.class))
                .isEqualTo(ClusterState.EMPTY);
    }

    @Test
    void whatFollowsFromAStateIsNotStoredAndIsThereAgain() throws Exception {
        ClusterState state = ClusterState.EMPTY.with(Node.joined("n1", "10.1.0.1", TreePMap.empty(), "", 1));
        assertThat(Json.text(state)).doesNotContain("ledger");
        assertThat(Json.read(Json.bytes(state), ClusterState.class).ledger().ranks())
                .containsExactly(new Ledger.Rank(0, 0, "n1"));
    }

    @Test
    void absentThingsAreEmpty() throws Exception {
        ServiceSpec spec = Json.read("{\"image\":\"web:1\"}".getBytes(StandardCharsets.UTF_8), ServiceSpec.class);
        assertThat(spec.mounts()).isEmpty();
        assertThat(spec.labels()).isEmpty();
        assertThat(spec.healthCheck()).isEmpty();
        assertThat(spec.process().command()).isEmpty();
        assertThat(spec.process().environment()).isEmpty();
        assertThat(spec.sandbox()).isEqualTo(Sandbox.PLAIN);
        assertThat(spec.restart()).isEqualTo(RestartPolicy.ALWAYS);
        assertThat(spec.http()).isEqualTo(HttpRouting.NONE);
        assertThat(spec.upgrade().watches()).isFalse();
    }

    @Test
    void readsWhatOthersWriteWhateverElseIsInIt() throws Exception {
        byte[] json = "{\"volume\":\"v\",\"colour\":[{}],\"epoch\":3}".getBytes(StandardCharsets.UTF_8);
        assertThat(Json.readForeign(json, SnapshotId.class)).isEqualTo(new SnapshotId("v", 3, 0));
        assertThatThrownBy(() -> Json.read(json, SnapshotId.class)).isInstanceOf(Json.MalformedJson.class);
        assertThatThrownBy(() -> Json.readForeign("[".getBytes(StandardCharsets.UTF_8), SnapshotId.class))
                .isInstanceOf(Json.MalformedJson.class);
    }

    @Test
    void tellsSealedRecordsApartByType() throws Exception {
        Mount mount = new Mount.Volume("data", "/var/lib", false);
        assertThat(Json.text(mount)).contains("\"type\":\"Volume\"");
        assertThat(Json.read(Json.bytes(mount), Mount.class)).isEqualTo(mount);
    }

    @Test
    void whatWasWrittenBeforeThereWereStrategiesIsRolling() throws Exception {
        String text = Json.text(UpgradeSpec.DEFAULT);
        assertThat(text).as("as clients from before read it").doesNotContain("strategy");
        assertThat(Json.read(text.getBytes(StandardCharsets.UTF_8), UpgradeSpec.class))
                .isEqualTo(UpgradeSpec.DEFAULT);
        UpgradeSpec other = UpgradeSpec.DEFAULT.by(new Strategy.BlueGreen());
        assertThat(Json.read(Json.bytes(other), UpgradeSpec.class)).isEqualTo(other);
        String instance = """
                {"service":"web","slot":1,"release":1,"node":"n1","held":true,"desired":"RUN"}""";
        assertThat(Json.read(instance.getBytes(StandardCharsets.UTF_8), Instance.class)
                        .letInAtMillis())
                .isZero();
    }

    @Test
    void refusesAnUnknownPropertyAndSaysWhere() {
        assertThatThrownBy(() -> Json.read(
                        "{\"process\":{\"imgae\":\"x\"}}".getBytes(StandardCharsets.UTF_8), ServiceSpec.class))
                .isInstanceOf(Json.MalformedJson.class)
                .hasMessageContaining("imgae")
                .hasMessageContaining("[\"process\"]");
    }
}
