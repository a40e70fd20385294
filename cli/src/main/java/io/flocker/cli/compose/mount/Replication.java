package io.flocker.cli.compose.mount;

import io.flocker.cli.compose.text.Section;
import io.flocker.cli.compose.text.Value;
import io.flocker.core.spec.ReplicationSpec;
import java.util.Optional;
import java.util.OptionalLong;

/// What `x-flocker` says about replicas of volumes.
final class Replication {
    private Replication() {}

    /// `{to: [node2], every: 1s, max_loss: 10s}` or `{copies: 2, spread: datacenter, failover: auto}`; `false` for
    /// none.
    static Optional<ReplicationSpec> read(Value value) {
        if (value.isScalar()) {
            if (value.flag()) {
                value.complain("must say where to: {to: [node2]} or {copies: 1}");
            }
            return Optional.empty();
        }
        Section section = value.section("replication");
        OptionalLong copies = section.number("copies", 1, ReplicationSpec.MAX_COPIES);
        long every = section.get("every").map(Value::millis).orElse(ReplicationSpec.USUAL_EVERY_MILLIS);
        long maxLoss = section.get("max_loss")
                .map(Value::millis)
                .orElse(Math.max(ReplicationSpec.USUAL_MAX_LOSS_MILLIS, 2 * every));
        boolean auto = section.oneOf("failover", "manual", "auto").equals("auto");
        var spec = new ReplicationSpec(
                section.texts("to"),
                (int) copies.orElse(0),
                section.text("spread"),
                every,
                maxLoss,
                section.bytes("rate"),
                section.flag("compress"),
                auto ? ReplicationSpec.Failover.AUTO : ReplicationSpec.Failover.MANUAL);
        section.end();
        Optional<String> objection = spec.objection();
        objection.ifPresent(value::complain);
        return objection.isPresent() ? Optional.empty() : Optional.of(spec);
    }
}
