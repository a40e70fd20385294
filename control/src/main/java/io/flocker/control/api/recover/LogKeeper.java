package io.flocker.control.api.recover;

import io.flocker.client.api.Answers;
import io.flocker.control.api.Refusal;
import java.io.IOException;

/// Who starts and ends this node's control plane.
public interface LogKeeper {
    /// Which log of its cluster this node goes by.
    Answers.Generation generation();

    /// Makes a new cluster of this node alone, from what its log has.
    ///
    /// @param dryRun only to tell what would be done
    /// @throws Refusal if this node has no log, or there is a leader
    /// @throws IOException if the log cannot be read whole; then nothing has changed
    Answers.Recovered recover(boolean dryRun) throws Refusal, IOException;
}
