package io.flocker.agent.volume;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Deletes datasets and snapshots of a pool that nobody sees any more.
final class ZfsSweep {
    /// What the name of something out of sight has. No volume's name and no snapshot's name has a colon.
    static final String GONE = "gone:";

    private final String volumes;
    private final CrashPoint crash;

    ZfsSweep(String volumes, CrashPoint crash) {
        this.volumes = volumes;
        this.crash = crash;
    }

    /// Deletes what is out of sight and nothing depends on, and epochs whose last snapshot went. What cannot go yet
    /// is tried again by the next sweep.
    ///
    /// @param all everything below `volumes`; what goes is taken out of it
    synchronized void of(Datasets all) {
        List<String> candidates = new ArrayList<>();
        for (String name : all.byName().keySet()) {
            if (name.contains(GONE) || isPastEpoch(all, name)) {
                candidates.add(name);
            }
        }
        // What is deepest comes last in the alphabet; one thing that goes may let another one go.
        for (boolean progress = true; progress; ) {
            progress = false;
            for (String name : List.copyOf(candidates.reversed())) {
                boolean pinned = name.indexOf('@') < 0 ? all.occupied(name) : all.cloned(name);
                if (!pinned && destroyed(name)) {
                    candidates.remove(name);
                    all.byName().remove(name);
                    progress = true;
                }
            }
        }
    }

    private boolean isPastEpoch(Datasets all, String name) {
        String volume = Datasets.parent(name);
        return name.indexOf('@') < 0
                && Datasets.parent(volume).equals(volumes)
                && Datasets.epochOf(name) < all.number(volume, Datasets.HEAD);
    }

    private boolean destroyed(String name) {
        try {
            Datasets.zfsOnceFree("destroy", name);
        } catch (IOException e) {
            // Busy for now, or another thread was first.
            return false;
        }
        crash.after("something out of sight is deleted");
        return true;
    }
}
