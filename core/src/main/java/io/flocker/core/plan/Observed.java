package io.flocker.core.plan;

import io.flocker.core.lease.Tenure;
import java.util.List;
import org.pcollections.TreePMap;

/// What a node finds on itself: the only thing, beside its assignment, that its next steps depend on.
///
/// @param volumes by volume id
/// @param containers by [Found#key]; of two containers for one slot the newer
/// @param surplus containers of ours that nothing wants (a second one for a slot, an unreadable label)
/// @param images the wanted images that are here, with their content ids
/// @param exposed the TCP ports that images say they listen on, by reference
/// @param networks subnets by environment, of those whose network is here
/// @param routes the fingerprint of the routing table in force; empty before the first
/// @param answered how requests through this node's proxy were answered, by [Found#key]: only of services
///     that try a release
/// @param logs the ends of what jobs printed that have ended, by [Found#key]; at most
///     [io.flocker.core.model.JobResult#MAX_LOG] characters each
/// @param wanted environments that are asleep and that somebody waits for at this node's proxy, by name
/// @param used when somebody last talked to environments that fall asleep by themselves, by name, in milliseconds of
///     this node's clock, a few seconds late; nothing of one that nobody talked to since this is watched
/// @param leased the tenures that this node may write under now, sorted: of those that it is to have
/// @param loads how busy instances of services are whose number follows their load, by [Found#key]
public record Observed(
        TreePMap<String, StoredVolume> volumes,
        TreePMap<String, Found> containers,
        List<String> surplus,
        TreePMap<String, String> images,
        TreePMap<String, List<Integer>> exposed,
        TreePMap<String, String> networks,
        String routes,
        TreePMap<String, Answered> answered,
        TreePMap<String, Load> loads,
        TreePMap<String, String> logs,
        List<String> wanted,
        TreePMap<String, Long> used,
        List<Tenure> leased) {
    /// How busy an instance was lately, to two significant digits.
    ///
    /// @param milliRequests thousandths of a request a second, of a connection, if it is not HTTP
    /// @param milliCpus thousandths of a core
    public record Load(long milliRequests, long milliCpus) {}

    /// How an instance's requests were answered since they are counted; connections, if it is not HTTP.
    ///
    /// @param failed of `requests`, those with an answer of 500 or more, or none
    /// @param timed of how many requests the answers' time is known: none, if it is not HTTP
    /// @param millis what these took together until the answer began
    public record Answered(long requests, long failed, long timed, long millis) {
        public static final Answered NOTHING = new Answered(0, 0);

        /// Without times.
        public Answered(long requests, long failed) {
            this(requests, failed, 0, 0);
        }

        public Answered plus(Answered more) {
            return new Answered(
                    requests + more.requests, failed + more.failed, timed + more.timed, millis + more.millis);
        }

        /// Less what was counted before; nothing if the count began anew. Without times.
        public Answered minus(Answered before) {
            return requests < before.requests || failed < before.failed
                    ? NOTHING
                    : new Answered(requests - before.requests, failed - before.failed);
        }

        public Answered untimed() {
            return new Answered(requests, failed);
        }

        /// How long an answer took on average.
        public long averageMillis() {
            return timed == 0 ? 0 : millis / timed;
        }
    }

    public static final Observed NOTHING = new Observed(
            TreePMap.empty(),
            TreePMap.empty(),
            List.of(),
            TreePMap.empty(),
            TreePMap.empty(),
            TreePMap.empty(),
            "",
            TreePMap.empty(),
            TreePMap.empty(),
            TreePMap.empty(),
            List.of(),
            TreePMap.empty(),
            List.of());
}
