package io.flocker.control.lead;

import io.flocker.client.Credentials;
import io.flocker.control.ca.Authority;
import io.flocker.control.log.ClusterLog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// What a voter has beside its agent: the log, who leads, who the voters are, and the authority that signs.
public final class ControlPlane implements AutoCloseable {
    private final ClusterLog log;
    private final Leader leader;
    private final Voters voters;
    private final Authority authority;
    private final MeetingBook meetings = new MeetingBook();

    /// @param self the log's member on this node
    /// @param founders as for [ClusterLog]
    /// @param authority where the authority's files are
    public ControlPlane(
            Path logFolder,
            ClusterLog.Member self,
            List<ClusterLog.Member> founders,
            Credentials credentials,
            Path authority)
            throws IOException {
        this.authority = Authority.open(authority);
        log = new ClusterLog(logFolder, self, founders, credentials);
        leader = new Leader(log);
        voters = new Voters(log, self.address().substring(self.address().lastIndexOf(':') + 1));
    }

    public ClusterLog log() {
        return log;
    }

    public Leader leader() {
        return leader;
    }

    public Voters voters() {
        return voters;
    }

    public MeetingBook meetings() {
        return meetings;
    }

    public Authority authority() {
        return authority;
    }

    @Override
    public void close() throws IOException {
        voters.close();
        leader.close();
        log.close();
    }
}
