package io.flocker.core.access;

import io.flocker.core.amount.BinaryUnit;
import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.model.Environment;
import io.flocker.core.spec.ServiceSpec;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;

/// Whether what somebody asks for keeps to the quotas. Only what gets more is refused: a quota that is set below what
/// is there keeps nobody from changing it, and the way back is always free.
///
/// @param cluster as it is, or would be
public record Quotas(ClusterState cluster) {
    /// Why the outcome of a command does not keep to a quota; empty if it does.
    public static Optional<String> objection(ClusterState before, ClusterState after, Command command) {
        String name = grown(command);
        return after.environment(name).flatMap(environment -> {
            var then = new Quotas(before);
            var now = new Quotas(after);
            return now.number(then, environment)
                    .or(() -> now.unsaid(then, environment))
                    .or(() -> now.memoryOfOwner(then, environment))
                    .or(() -> now.memory(then, environment));
        });
    }

    /// The environment that a command may make larger; empty for none.
    private static String grown(Command command) {
        if (command instanceof Command.Deploy deploy) {
            return deploy.environment();
        }
        if (command instanceof Command.Branch branch) {
            return branch.environment();
        }
        if (command instanceof Command.CreateVolume volume) {
            return volume.environment();
        }
        return command instanceof Command.GiveEnvironment give ? give.environment() : "";
    }

    /// Those of an owner.
    public List<Environment> of(String owner) {
        return cluster.environments().values().stream()
                .filter(environment -> environment.owner().equals(owner))
                .toList();
    }

    /// An owner's quota. Who is no user has none.
    public Quota quota(String owner) {
        User user = cluster.access().users().get(owner);
        return user == null ? Quota.NONE : user.quota();
    }

    /// What all instances of an environment may set aside together, asleep or not: for each what it reserves, or if it
    /// reserves nothing, what it may use at most.
    public long memory(Environment environment) {
        return environment.application().services().values().stream()
                .mapToLong(service -> memory(service) * instances(service))
                .sum();
    }

    public long memory(String owner) {
        return of(owner).stream().mapToLong(this::memory).sum();
    }

    private static long memory(ServiceSpec service) {
        long reserved = service.resources().reservedMemoryBytes();
        return reserved > 0 ? reserved : service.resources().memoryBytes();
    }

    private long instances(ServiceSpec service) {
        if (service.placement().global()) {
            return cluster.nodes().size();
        }
        int most = service.autoscale().map(follows -> follows.max()).orElse(service.scale());
        return service.job().isPresent() ? 1 : most;
    }

    private Optional<String> number(Quotas then, Environment environment) {
        String owner = environment.owner();
        return over(
                        "User " + owner + " would have so many environments: ",
                        then.of(owner).size(),
                        of(owner).size(),
                        quota(owner).environments(),
                        Long::toString)
                .map(why -> why + "; remove one (flocker env rm), or ask an operator for more (flocker quota set "
                        + owner + " --environments N)");
    }

    /// What says nothing of its memory cannot be counted.
    private Optional<String> unsaid(Quotas then, Environment environment) {
        boolean counts = quota(environment.owner()).memoryBytes() > 0
                || environment.quota().memoryBytes() > 0;
        List<String> known =
                then.cluster.environment(environment.name()).map(Quotas::unsaid).orElse(List.of());
        return unsaid(environment).stream()
                .filter(service -> counts && !known.contains(service))
                .findFirst()
                .map(service -> "Service " + service + " of " + environment.name() + " says neither how much memory it"
                        + " reserves nor how much it may use, and there is a quota for it: say deploy.resources or"
                        + " mem_limit in its file");
    }

    private static List<String> unsaid(Environment environment) {
        return environment.application().services().entrySet().stream()
                .filter(entry -> memory(entry.getValue()) == 0)
                .map(entry -> entry.getKey())
                .toList();
    }

    private Optional<String> memoryOfOwner(Quotas then, Environment environment) {
        String owner = environment.owner();
        return over(
                        "The environments of user " + owner + " would set aside too much memory: ",
                        then.memory(owner),
                        memory(owner),
                        quota(owner).memoryBytes(),
                        BinaryUnit::text)
                .map(why -> why + "; ask for less, or ask an operator for more (flocker quota set " + owner
                        + " --memory SIZE)");
    }

    private Optional<String> memory(Quotas then, Environment environment) {
        String name = environment.name();
        return over(
                        "Environment " + name + " would set aside too much memory: ",
                        then.cluster.environment(name).map(then::memory).orElse(0L),
                        memory(environment),
                        environment.quota().memoryBytes(),
                        BinaryUnit::text)
                .map(why -> why + "; ask for less, or ask an operator for more (flocker quota set --environment " + name
                        + " --memory SIZE)");
    }

    private static Optional<String> over(String what, long before, long after, long quota, LongFunction<String> shown) {
        return quota > 0 && after > quota && after > before
                ? Optional.of(what + shown.apply(after) + ", and the quota is " + shown.apply(quota))
                : Optional.empty();
    }
}
