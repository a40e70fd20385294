package io.flocker.cli.compose.spec;

import io.flocker.cli.compose.text.Section;
import io.flocker.cli.compose.text.Shown;
import io.flocker.cli.compose.text.Value;
import io.flocker.core.spec.Autoscale;
import io.flocker.core.spec.PlacementSpec;
import io.flocker.core.spec.Resources;
import io.flocker.core.spec.UpgradeSpec;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// Reads how many instances a service has and what they may use: `deploy`, and the older keys beside it (`scale`,
/// `cpus`, `mem_limit`, `mem_reservation`, `pids_limit`), which must not contradict it.
final class DeployReader {
    static final int MAX_SCALE = 1_000;

    private static final Map<String, String> NO_DEVICES = Map.of(
            "devices", "use the service's devices for the device files",
            "generic_resources", "only cpus and memory can be reserved");

    private final Section service;
    private final ScaleReader own;
    private final Optional<Section> deploy;
    private final String mode;

    /// @param own how the number of instances is found otherwise
    DeployReader(Section service, ScaleReader own) {
        this.service = service;
        this.own = own;
        deploy = service.get("deploy").map(it -> it.section("deploy"));
        mode = deploy.map(it -> it.oneOf("mode", "replicated", "global", "replicated-job", "global-job"))
                .orElse("replicated");
    }

    Optional<Section> section() {
        return deploy;
    }

    /// Reads the rest of `deploy`, and complains about what is no key of it.
    void end() {
        deploy.ifPresent(it -> {
            job(it);
            it.oneOf("endpoint_mode", "vip", "dnsrr");
            it.note("endpoint_mode", "has no effect: HAProxy shares out the connections");
            it.end();
        });
    }

    /// A service with data cannot run on every node.
    void refuseEverywhere(List<String> volumes) {
        if (isGlobal() && !volumes.isEmpty()) {
            deploy.flatMap(it -> it.get("mode"))
                    .ifPresent(it -> it.complain("global cannot be: volume " + volumes.getFirst()
                            + " is on one node; take away one or the other"));
        }
    }

    private void job(Section section) {
        if (List.of("replicated-job", "global-job").contains(mode)) {
            section.get("mode")
                    .ifPresent(it -> it.complain("of jobs is not supported: use restart: \"no\", and let other services"
                            + " wait for it with service_completed_successfully"));
        }
    }

    private boolean isGlobal() {
        return mode.equals("global");
    }

    int scale() {
        OptionalLong scale = service.number("scale", 0, MAX_SCALE);
        OptionalLong replicas = number(deploy, "replicas");
        if (scale.isPresent() && replicas.isPresent() && scale.getAsLong() != replicas.getAsLong()) {
            service.get("scale").ifPresent(it -> it.complain("contradicts deploy.replicas; remove one of them"));
        }
        if (isGlobal()) {
            deploy.flatMap(it -> it.get("replicas"))
                    .or(() -> service.get("scale"))
                    .ifPresent(it -> it.complain("contradicts deploy.mode: global, which is one instance a node"));
        }
        Optional<Value> said = deploy.flatMap(it -> it.get("replicas")).or(() -> service.get("scale"));
        if (own.perCore()) {
            said.ifPresent(it -> it.complain("contradicts x-flocker.scale.per_core, by which the number follows the"
                    + " nodes' cores; remove one of them"));
        }
        Optional<Autoscale> follows = own.autoscale().filter(it -> it.max() >= it.min());
        int count =
                (int) replicas.orElse(scale.orElse(follows.map(Autoscale::min).orElse(1)));
        if (follows.isPresent() && !follows.get().allows(count)) {
            said.ifPresent(it -> it.complain("is not within x-flocker.scale, which says "
                    + follows.get().bounds() + "; it is what the service begins with, and can be left out"));
        }
        return count;
    }

    private static OptionalLong number(Optional<Section> section, String key) {
        return section.isEmpty() ? OptionalLong.empty() : section.get().number(key, 0, MAX_SCALE);
    }

    PlacementSpec placement() {
        PlacementSpec placement = deploy.flatMap(it -> it.get("placement"))
                .map(PlacementReader::read)
                .orElse(PlacementSpec.ANYWHERE);
        return isGlobal() ? placement.everywhere() : placement;
    }

    /// @param own the `upgrade` of the service's `x-flocker`
    /// @param watchMillis as in [UpgradeSpec#watchMillis]
    UpgradeSpec upgrade(Optional<Section> own, long watchMillis) {
        return new UpgradeSpec(
                UpdateReader.read(deploy, "update_config"),
                UpdateReader.read(deploy, "rollback_config"),
                watchMillis,
                StrategyReader.read(own, deploy));
    }

    Resources resources() {
        Optional<Section> resources = deploy.flatMap(it -> it.get("resources")).map(it -> it.section("resources"));
        Optional<Section> limits = resources.flatMap(it -> it.get("limits")).map(it -> it.section("limits"));
        Optional<Section> kept = resources.flatMap(it -> it.get("reservations")).map(it -> it.section("reservations"));
        kept.ifPresent(it -> it.refuse(NO_DEVICES));
        var read = new Resources(
                same("mem_limit", Value::bytes, limits, "memory"),
                same("cpus", DeployReader::milliCpus, limits, "cpus"),
                same("mem_reservation", Value::bytes, kept, "memory"),
                kept.flatMap(it -> it.get("cpus")).map(DeployReader::milliCpus).orElse(0L),
                same("pids_limit", DeployReader::pids, limits, "pids"));
        limits.ifPresent(Section::end);
        kept.ifPresent(Section::end);
        resources.ifPresent(Section::end);
        return read;
    }

    private interface Amount {
        long of(Value value);
    }

    private long same(String oldKey, Amount amount, Optional<Section> section, String key) {
        Optional<Value> old = service.get(oldKey);
        Optional<Long> before = old.map(amount::of);
        Optional<Long> now = section.flatMap(it -> it.get(key)).map(amount::of);
        if (before.isPresent() && now.isPresent() && !before.equals(now)) {
            old.get().complain("contradicts deploy.resources; remove one of them");
        }
        return now.or(() -> before).orElse(0L);
    }

    private static long pids(Value value) {
        return Math.max(0, value.number(-1, Integer.MAX_VALUE).orElse(0));
    }

    private static long milliCpus(Value value) {
        String text = value.text().orElse("0").strip();
        if (!text.matches("[0-9]{0,6}(\\.[0-9]{0,9})?") || !text.matches(".*[0-9].*")) {
            value.complain("must be a number of CPUs such as 0.5 or 2, not \"" + Shown.word(text) + "\"");
            return 0;
        }
        BigDecimal cpus = new BigDecimal(text.startsWith(".") ? "0" + text : text);
        return cpus.movePointRight(3).setScale(0, RoundingMode.CEILING).longValueExact();
    }
}
