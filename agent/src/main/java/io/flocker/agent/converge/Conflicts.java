package io.flocker.agent.converge;

import io.flocker.core.cut.Cut;
import io.flocker.core.plan.Assignment;
import io.flocker.core.plan.Assignment.WantedInstance;
import io.flocker.core.plan.Assignment.WantedVolume;
import io.flocker.core.plan.Step;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which steps wait for others. Those of one subject are taken one after the other, those of different subjects side by
/// side; but a volume is changed under no container that is just being started, which a look may not show yet, and no
/// head is given up while snapshots are taken together, which may yet be deleted: they may hold what nothing else does.
final class Conflicts {
    private Conflicts() {}

    /// Whether `step` has to wait.
    ///
    /// @param busy the subjects of the steps that are under way
    static boolean with(Set<String> busy, Step step, Assignment assignment) {
        if (busy.contains(step.subject())) {
            return true;
        }
        return switch (step) {
            case Step.MakeHead made -> isMounted(made.volume(), assignment, busy);
            case Step.DropHead dropped -> isBeingTaken(busy) || isMounted(dropped.volume(), assignment, busy);
            case Step.DeleteVolume deleted -> isBeingTaken(busy) || isMounted(deleted.volume(), assignment, busy);
            default -> false;
        };
    }

    private static boolean isBeingTaken(Set<String> busy) {
        return busy.stream().anyMatch(Cut::isSubject);
    }

    /// Whether a step is under way for an instance that has the volume, or for one of the volume's environment of
    /// which it is not known what it has.
    private static boolean isMounted(String id, Assignment assignment, Set<String> busy) {
        WantedVolume volume = assignment.volumes().get(id);
        return volume != null
                && busy.stream()
                        .filter(subject -> subject.startsWith(volume.environment() + "/"))
                        .map(assignment.instances()::get)
                        .anyMatch(instance -> has(instance, id));
    }

    private static boolean has(@Nullable WantedInstance instance, String volume) {
        return instance == null || instance.volumes().containsValue(volume);
    }
}
