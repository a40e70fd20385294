package io.flocker.cli.command.rollback;

import io.flocker.cli.shell.CommandException;
import io.flocker.client.api.Requests;
import io.flocker.client.api.Status;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.pcollections.TreePMap;

/// The environment to roll back, or the part of it, and the requests that do it.
///
/// @param member a service or volume; empty for the whole environment
/// @param kind `service` or `volume`: which of them the member is; empty to find out
record RollBackAim(Status.Environment environment, String member, String kind) {
    /// Looks at the user's words.
    static RollBackAim of(Status.Environment environment, String member, String kind) throws CommandException {
        if (!kind.isEmpty() && !kind.equals("service") && !kind.equals("volume")) {
            throw CommandException.usage("--as is service or volume, not \"" + kind + "\"");
        }
        return new RollBackAim(environment, member, kind);
    }

    private boolean hasService() {
        return !kind.equals("volume")
                && environment.services().stream()
                        .anyMatch(service -> service.name().equals(member));
    }

    private boolean hasVolume() {
        return !kind.equals("service")
                && environment.volumes().stream()
                        .anyMatch(volume -> volume.name().equals(member));
    }

    /// The volume, if the member is one.
    ///
    /// @throws CommandException if the member is nothing, or could be two things
    Optional<String> volume() throws CommandException {
        if (member.isEmpty()) {
            return Optional.empty();
        }
        if (hasService() && hasVolume()) {
            throw CommandException.usage(environment.name() + " has a service and a volume called " + member
                    + ": say which with --as service or --as volume");
        }
        if (!hasService() && !hasVolume()) {
            String what = kind.isEmpty() ? "service or volume" : kind;
            throw CommandException.usage(
                    environment.name() + " has no " + what + " called " + member + "; it has " + names());
        }
        return hasVolume() ? Optional.of(member) : Optional.empty();
    }

    private String names() {
        String services =
                environment.services().stream().map(Status.Service::name).collect(Collectors.joining(", "));
        String volumes = environment.volumes().stream().map(Status.Volume::name).collect(Collectors.joining(", "));
        return "services " + services + " and volumes " + volumes;
    }

    Requests.RollBack toCheckpoint(String checkpoint) throws CommandException {
        return request(checkpoint, 0);
    }

    Requests.RollBack toMoment(long atMillis) throws CommandException {
        return request("", atMillis);
    }

    Requests.RollBack toSnapshot(String volume, String snapshot) {
        return new Requests.RollBack(
                List.of(), List.of(), "", 0, TreePMap.<String, String>empty().plus(volume, snapshot), false, 0);
    }

    private Requests.RollBack request(String checkpoint, long atMillis) throws CommandException {
        Optional<String> volume = volume();
        List<String> services = member.isEmpty() || volume.isPresent() ? List.of() : List.of(member);
        return new Requests.RollBack(
                services, volume.stream().toList(), checkpoint, atMillis, TreePMap.empty(), false, 0);
    }
}
