package io.flocker.control.api.user;

import io.flocker.control.api.Decisions;
import io.flocker.control.api.NodeCalls;
import io.flocker.control.api.Refusal;
import io.flocker.core.access.Quotas;
import io.flocker.core.amount.BinaryUnit;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Volume;
import java.util.List;
import java.util.OptionalLong;

/// How much data there is that is shared with nothing else, as nodes tell it, and whether there may be more. What
/// exists may grow: only something new is refused. A node that does not answer keeps nobody from anything.
public final class DataQuota {
    private final Decisions decisions;
    private final NodeCalls nodes;

    public DataQuota(Decisions decisions, NodeCalls nodes) {
        this.decisions = decisions;
        this.nodes = nodes;
    }

    /// Of environments together, in bytes; empty if it is not known.
    OptionalLong used(List<Environment> environments) throws InterruptedException {
        List<Volume> volumes = environments.stream()
                .flatMap(environment -> environment.volumes().values().stream())
                .flatMap(id -> decisions.state().volume(id).stream())
                .toList();
        return nodes.ownBytes(volumes);
    }

    /// Refuses something new in an environment whose quota, or whose owner's, is used up.
    ///
    /// @param maker who owns the environment if there is none yet
    public void refuseMore(String name, String maker) throws Refusal, InterruptedException {
        var quotas = new Quotas(decisions.state());
        Environment environment = decisions.state().environments().get(name);
        String owner = environment == null ? maker : environment.owner();
        refuse("The environments of user " + owner, owner, quotas.quota(owner).dataBytes(), quotas.of(owner));
        if (environment != null) {
            refuse(
                    "Environment " + name,
                    "--environment " + name,
                    environment.quota().dataBytes(),
                    List.of(environment));
        }
    }

    private void refuse(String what, String whose, long quota, List<Environment> environments)
            throws Refusal, InterruptedException {
        OptionalLong used = quota == 0 ? OptionalLong.empty() : used(environments);
        if (used.isPresent() && used.getAsLong() >= quota) {
            throw Refusal.of(
                    409,
                    "conflict",
                    "Not as things are",
                    what + " hold " + BinaryUnit.text(used.getAsLong()) + " of data of their own, and the quota is "
                            + BinaryUnit.text(quota) + "; remove some, or ask an operator for more (flocker quota set "
                            + whose
                            + " --data SIZE)");
        }
    }
}
