package io.flocker.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.flocker.core.model.Instance.Desired;
import io.flocker.core.spec.ApplicationSpec;
import io.flocker.core.spec.HttpRouting;
import io.flocker.core.spec.PlacementSpec;
import io.flocker.core.spec.ProcessSpec;
import io.flocker.core.spec.Resources;
import io.flocker.core.spec.RestartPolicy;
import io.flocker.core.spec.Sandbox;
import io.flocker.core.spec.ServiceSpec;
import io.flocker.core.spec.Strategy;
import io.flocker.core.spec.UpgradeSpec;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pcollections.TreePMap;

class SharesTest {
    @Test
    void aCanaryIsAFewInstances() {
        assertThat(new Strategy.Canary(10, 1).instances(1)).isEqualTo(1);
        assertThat(new Strategy.Canary(10, 1).instances(10)).isEqualTo(1);
        assertThat(new Strategy.Canary(10, 1).instances(11)).isEqualTo(2);
        assertThat(new Strategy.Canary(99, 1).instances(3)).isEqualTo(3);
    }

    /// Rounded to what HAProxy can weigh: 1 to 256 on each node.
    @ParameterizedTest
    @CsvSource({
        "10,1,1,0.5",
        "10,4,1,0.5",
        "10,4,3,0.5",
        "1,1,1,0.5",
        "50,2,2,0.5",
        "99,1,1,0.5",
        "5,60,3,1",
        "30,10,2,2"
    })
    void theSharesAreAboutThoseAskedFor(int percent, int instances, int nodes, double off) {
        var canary = new Strategy.Canary(percent, 60_000);
        int trying = canary.instances(instances);
        Environment environment = environment(canary, instances, trying, nodes);
        TreePMap<String, Integer> weights = Shares.of(environment);

        assertThat(weights).hasSize(instances + trying);
        assertThat(weights.values()).allMatch(weight -> weight >= 1 && weight <= Shares.MOST);
        double all = weights.values().stream().mapToInt(weight -> weight).sum();
        double tried = environment.instances().values().stream()
                .filter(environment::isTrying)
                .mapToInt(instance -> weights.getOrDefault(instance.name(), 0))
                .sum();
        assertThat(100 * tried / all).isCloseTo(percent, within(off));
    }

    @Test
    void nothingIsSharedOutOtherwiseWithoutACanary() {
        var canary = new Strategy.Canary(10, 60_000);
        Environment without = environment(canary, 3, 0, 1);
        assertThat(Shares.of(without)).isEmpty();

        Environment with = environment(canary, 3, 1, 1);
        Instance before = Optional.ofNullable(with.instances().get("web.1")).orElseThrow();
        assertThat(Shares.of(with.with(before.to(Desired.STOP))))
                .as("once the canary stands alone")
                .isEmpty();
    }

    /// Instances 1 to `count` of release 1 on nodes in turn; the first few have successors that try release 2.
    private static Environment environment(Strategy strategy, int count, int trying, int nodes) {
        ServiceSpec spec = spec(strategy);
        Service service = new Service("web", 1, TreePMap.empty(), 0, count, 0, "")
                .with(new Release(1, spec, "", TreePMap.empty(), 0, "first", false));
        Environment environment = Environment.named("shop", "root", 0)
                .next(new ApplicationSpec(TreePMap.singleton("web", spec), TreePMap.empty(), TreePMap.empty()));
        for (int slot = 1; slot <= count; slot++) {
            environment = environment.with(
                    new Instance("web", slot, 1, 0, "n" + slot % nodes, "", "", false, 0, false, Desired.RUN));
        }
        Service next = service.with(new Release(2, spec, "", TreePMap.empty(), 0, "next", false));
        for (int slot = 1; slot <= trying; slot++) {
            Instance before = Optional.ofNullable(environment.instances().get(Instance.name("web", slot)))
                    .orElseThrow();
            environment = environment.with(before.successor(next, count + slot).asCanary());
        }
        return environment.with(next);
    }

    private static ServiceSpec spec(Strategy strategy) {
        return new ServiceSpec(
                "web:1",
                ServiceSpec.Pull.MISSING,
                ProcessSpec.PLAIN,
                Sandbox.PLAIN,
                Resources.UNLIMITED,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                TreePMap.empty(),
                Optional.empty(),
                RestartPolicy.ALWAYS,
                HttpRouting.NONE,
                1,
                Optional.empty(),
                PlacementSpec.ANYWHERE,
                UpgradeSpec.DEFAULT.by(strategy),
                TreePMap.empty());
    }
}
