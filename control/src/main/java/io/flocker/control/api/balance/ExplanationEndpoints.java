package io.flocker.control.api.balance;

import io.flocker.client.api.Balances;
import io.flocker.control.api.Call;
import io.flocker.control.api.Decisions;
import io.flocker.control.api.Endpoint;
import io.flocker.control.api.Refusal;
import io.flocker.core.access.Right;
import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.MoveChanges;
import io.flocker.core.cluster.Placement;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Instance;
import io.flocker.core.placement.Considered;
import io.flocker.core.spec.ServiceSpec;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Why things are where they are.
public final class ExplanationEndpoints {
    private final Decisions decisions;

    public ExplanationEndpoints(Decisions decisions) {
        this.decisions = decisions;
    }

    public List<Endpoint> list() {
        return List.of(new Endpoint(
                "GET",
                "/v2/environments/{environment}/explanations/{subject}",
                Right.READ,
                "Why an instance is where it is, or where one more of a service would be: the nodes, what is to be said"
                        + " against each, and their scores as things are now.",
                List.of(),
                Void.class,
                Balances.Explanation.class,
                this::explain));
    }

    private Object explain(Call call) throws Refusal {
        ClusterState state = decisions.state();
        Environment environment = decisions.environment(call.path("environment"));
        String subject = call.path("subject");
        Optional<Instance> instance = Optional.ofNullable(
                        environment.instances().get(subject))
                .filter(found -> found.desired() != Instance.Desired.STOP);
        String service = instance.map(Instance::service).orElse(subject);
        ServiceSpec spec = environment.application().services().get(service);
        if (spec == null) {
            throw Refusal.notFound("Environment " + environment.name() + " has no service or instance \"" + subject
                    + "\"; it has " + String.join(", ", environment.services().keySet()) + " and "
                    + String.join(", ", environment.instances().keySet()));
        }
        Environment others = instance.map(found -> environment.with(found.to(Instance.Desired.STOP)))
                .orElse(environment);
        var together = MoveChanges.together(environment, List.of(service), List.of());
        Set<String> near = MoveChanges.near(together.volumes(state, environment));
        List<Considered> nodes =
                Placement.of(state, others, environment.application()).considered(service, spec, near);
        return new Balances.Explanation(
                subject,
                instance.map(Instance::node).orElse(""),
                instance.map(Instance::placedBy).orElse(""),
                state.balance().settings().packs(),
                nodes);
    }
}
