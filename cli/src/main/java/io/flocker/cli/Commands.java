package io.flocker.cli;

import io.flocker.cli.command.Build;
import io.flocker.cli.command.Completion;
import io.flocker.cli.command.Diff;
import io.flocker.cli.command.Down;
import io.flocker.cli.command.Ls;
import io.flocker.cli.command.Move;
import io.flocker.cli.command.Ps;
import io.flocker.cli.command.Restart;
import io.flocker.cli.command.ShowStatus;
import io.flocker.cli.command.Up;
import io.flocker.cli.command.Validate;
import io.flocker.cli.command.Version;
import io.flocker.cli.command.backup.Backup;
import io.flocker.cli.command.backup.BackupCancel;
import io.flocker.cli.command.backup.BackupKey;
import io.flocker.cli.command.backup.BackupLs;
import io.flocker.cli.command.backup.BackupRm;
import io.flocker.cli.command.backup.BackupShow;
import io.flocker.cli.command.backup.BackupVerify;
import io.flocker.cli.command.backup.Restore;
import io.flocker.cli.command.balance.BalanceAuto;
import io.flocker.cli.command.balance.BalanceGroup;
import io.flocker.cli.command.balance.BalanceOff;
import io.flocker.cli.command.balance.BalanceSet;
import io.flocker.cli.command.balance.BalanceStatus;
import io.flocker.cli.command.balance.Explain;
import io.flocker.cli.command.balance.Rebalance;
import io.flocker.cli.command.balance.Simulate;
import io.flocker.cli.command.branch.EnvironmentBranch;
import io.flocker.cli.command.branch.EnvironmentDiff;
import io.flocker.cli.command.branch.EnvironmentExtend;
import io.flocker.cli.command.branch.EnvironmentGive;
import io.flocker.cli.command.branch.EnvironmentGroup;
import io.flocker.cli.command.branch.EnvironmentLs;
import io.flocker.cli.command.branch.EnvironmentPause;
import io.flocker.cli.command.branch.EnvironmentProtect;
import io.flocker.cli.command.branch.EnvironmentRefresh;
import io.flocker.cli.command.branch.EnvironmentReset;
import io.flocker.cli.command.branch.EnvironmentRm;
import io.flocker.cli.command.branch.EnvironmentSet;
import io.flocker.cli.command.branch.EnvironmentShow;
import io.flocker.cli.command.branch.EnvironmentWake;
import io.flocker.cli.command.certificate.AuthorityGroup;
import io.flocker.cli.command.certificate.AuthorityShow;
import io.flocker.cli.command.certificate.CertificateAdd;
import io.flocker.cli.command.certificate.CertificateGroup;
import io.flocker.cli.command.certificate.CertificateLs;
import io.flocker.cli.command.certificate.CertificateRm;
import io.flocker.cli.command.checkpoint.CheckpointCreate;
import io.flocker.cli.command.checkpoint.CheckpointGroup;
import io.flocker.cli.command.checkpoint.CheckpointLs;
import io.flocker.cli.command.checkpoint.CheckpointRm;
import io.flocker.cli.command.failover.Drill;
import io.flocker.cli.command.failover.Failback;
import io.flocker.cli.command.failover.Failover;
import io.flocker.cli.command.failover.Recover;
import io.flocker.cli.command.job.JobGroup;
import io.flocker.cli.command.job.JobLs;
import io.flocker.cli.command.job.JobRun;
import io.flocker.cli.command.job.JobShow;
import io.flocker.cli.command.node.NodeActivate;
import io.flocker.cli.command.node.NodeDemote;
import io.flocker.cli.command.node.NodeDrain;
import io.flocker.cli.command.node.NodeGroup;
import io.flocker.cli.command.node.NodeInspect;
import io.flocker.cli.command.node.NodeLabel;
import io.flocker.cli.command.node.NodeLs;
import io.flocker.cli.command.node.NodePromote;
import io.flocker.cli.command.node.NodeRemove;
import io.flocker.cli.command.operation.OperationCancel;
import io.flocker.cli.command.operation.OperationGroup;
import io.flocker.cli.command.operation.OperationLs;
import io.flocker.cli.command.operation.OperationPause;
import io.flocker.cli.command.operation.OperationResume;
import io.flocker.cli.command.operation.OperationShow;
import io.flocker.cli.command.release.History;
import io.flocker.cli.command.release.Scale;
import io.flocker.cli.command.release.Upgrade;
import io.flocker.cli.command.rollback.RollBack;
import io.flocker.cli.command.schedule.ScheduleGroup;
import io.flocker.cli.command.schedule.ScheduleHistory;
import io.flocker.cli.command.schedule.ScheduleLs;
import io.flocker.cli.command.schedule.SchedulePause;
import io.flocker.cli.command.schedule.ScheduleResume;
import io.flocker.cli.command.schedule.ScheduleRunNow;
import io.flocker.cli.command.snapshot.SnapshotCreate;
import io.flocker.cli.command.snapshot.SnapshotGroup;
import io.flocker.cli.command.snapshot.SnapshotLs;
import io.flocker.cli.command.snapshot.SnapshotRm;
import io.flocker.cli.command.stream.Events;
import io.flocker.cli.command.stream.Exec;
import io.flocker.cli.command.stream.Logs;
import io.flocker.cli.command.token.TokenCreate;
import io.flocker.cli.command.token.TokenGroup;
import io.flocker.cli.command.token.TokenLs;
import io.flocker.cli.command.token.TokenRm;
import io.flocker.cli.command.top.Top;
import io.flocker.cli.command.user.Audit;
import io.flocker.cli.command.user.LogIn;
import io.flocker.cli.command.user.LogOut;
import io.flocker.cli.command.user.QuotaGroup;
import io.flocker.cli.command.user.QuotaLs;
import io.flocker.cli.command.user.QuotaSet;
import io.flocker.cli.command.user.UserAdd;
import io.flocker.cli.command.user.UserGroup;
import io.flocker.cli.command.user.UserLs;
import io.flocker.cli.command.user.UserRevoke;
import io.flocker.cli.command.user.UserRm;
import io.flocker.cli.command.user.UserRole;
import io.flocker.cli.command.user.UserToken;
import io.flocker.cli.command.user.WhoAmI;
import io.flocker.cli.command.volume.VolumeClone;
import io.flocker.cli.command.volume.VolumeCreate;
import io.flocker.cli.command.volume.VolumeGroup;
import io.flocker.cli.command.volume.VolumeInspect;
import io.flocker.cli.command.volume.VolumeLs;
import io.flocker.cli.command.volume.VolumeMove;
import io.flocker.cli.command.volume.VolumeReplicate;
import io.flocker.cli.command.volume.VolumeResize;
import io.flocker.cli.command.volume.VolumeRm;
import io.flocker.cli.daemon.DaemonCommand;
import io.flocker.cli.daemon.InitCommand;
import io.flocker.cli.daemon.JoinCommand;
import io.flocker.cli.shell.Shell;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The commands users give, by name, in the order in which help lists them. Each is made only when it is asked for,
/// because making all of them takes longer than most of them run.
final class Commands {
    /// Commands about the other commands.
    static final Set<String> NEED_ALL = Set.of("help", "completion");

    private Commands() {}

    static Map<String, Function<Shell, Object>> all() {
        var commands = new LinkedHashMap<String, Function<Shell, Object>>();
        commands.put("init", _ -> new InitCommand());
        commands.put("join", _ -> new JoinCommand());
        commands.put("daemon", _ -> new DaemonCommand());
        commands.put("up", Up::new);
        commands.put("down", Down::new);
        commands.put("build", Build::new);
        commands.put("validate", Validate::new);
        commands.put("diff", Diff::new);
        commands.put("ls", Ls::new);
        commands.put("ps", Ps::new);
        commands.put("status", ShowStatus::new);
        commands.put("logs", Logs::new);
        // What follows the service is the command's own, even if it looks like an option.
        commands.put("exec", shell -> new CommandLine(new Exec(shell)).setStopAtPositional(true));
        commands.put("run", JobRun::new);
        commands.put("job", shell -> group(new JobGroup(), new JobLs(shell), new JobShow(shell)));
        commands.put(
                "schedule",
                shell -> group(
                        new ScheduleGroup(),
                        new ScheduleLs(shell),
                        new ScheduleRunNow(shell),
                        new ScheduleHistory(shell),
                        new SchedulePause(shell),
                        new ScheduleResume(shell)));
        commands.put("events", Events::new);
        commands.put("top", Top::new);
        commands.put("restart", Restart::new);
        commands.put("upgrade", Upgrade::new);
        commands.put("scale", Scale::new);
        commands.put("history", History::new);
        places(commands);
        commands.put("rollback", RollBack::new);
        data(commands);
        commands.put(
                "op",
                shell -> group(
                        new OperationGroup(),
                        new OperationLs(shell),
                        new OperationShow(shell),
                        new OperationPause(shell),
                        new OperationResume(shell),
                        new OperationCancel(shell)));
        commands.put(
                "node",
                shell -> group(
                        new NodeGroup(),
                        new NodeLs(shell),
                        new NodeInspect(shell),
                        new NodeLabel(shell),
                        new NodeDrain(shell),
                        new NodeActivate(shell),
                        new NodePromote(shell),
                        new NodeDemote(shell),
                        new NodeRemove(shell)));
        commands.put(
                "token",
                shell -> group(new TokenGroup(), new TokenCreate(shell), new TokenLs(shell), new TokenRm(shell)));
        users(commands);
        certificates(commands);
        commands.put("version", shell -> new Version(shell, Flocker.version()));
        commands.put("completion", Completion::new);
        return commands;
    }

    /// Those about where things run.
    private static void places(Map<String, Function<Shell, Object>> commands) {
        commands.put("move", Move::new);
        commands.put("rebalance", Rebalance::new);
        commands.put(
                "balance",
                shell -> group(
                        new BalanceGroup(),
                        new BalanceStatus(shell),
                        new BalanceAuto(shell),
                        new BalanceOff(shell),
                        new BalanceSet(shell)));
        commands.put("explain", Explain::new);
        commands.put("simulate", Simulate::new);
        commands.put("failover", Failover::new);
        commands.put("recover", Recover::new);
        commands.put("failback", Failback::new);
        commands.put("drill", Drill::new);
    }

    /// Those about environments' data and its states.
    private static void data(Map<String, Function<Shell, Object>> commands) {
        commands.put(
                "env",
                shell -> group(
                        new EnvironmentGroup(),
                        new EnvironmentLs(shell),
                        new EnvironmentBranch(shell),
                        new EnvironmentReset(shell),
                        new EnvironmentPause(shell),
                        new EnvironmentWake(shell),
                        new EnvironmentExtend(shell),
                        new EnvironmentProtect(shell),
                        new EnvironmentGive(shell),
                        new EnvironmentRefresh(shell),
                        new EnvironmentSet(shell),
                        new EnvironmentShow(shell),
                        new EnvironmentDiff(shell),
                        new EnvironmentRm(shell)));
        commands.put(
                "checkpoint",
                shell -> group(
                        new CheckpointGroup(),
                        new CheckpointCreate(shell),
                        new CheckpointLs(shell),
                        new CheckpointRm(shell)));
        commands.put(
                "snapshot",
                shell -> group(
                        new SnapshotGroup(), new SnapshotCreate(shell), new SnapshotLs(shell), new SnapshotRm(shell)));
        commands.put(
                "volume",
                shell -> group(
                        new VolumeGroup(),
                        new VolumeLs(shell),
                        new VolumeCreate(shell),
                        new VolumeInspect(shell),
                        new VolumeRm(shell),
                        new VolumeResize(shell),
                        new VolumeClone(shell),
                        new VolumeMove(shell),
                        new VolumeReplicate(shell)));
        commands.put(
                "backup",
                shell -> group(
                        new Backup(shell),
                        new BackupLs(shell),
                        new BackupVerify(shell),
                        new BackupRm(shell),
                        new BackupShow(shell),
                        new BackupCancel(shell),
                        new BackupKey(shell)));
        commands.put("restore", Restore::new);
    }

    /// Those about who may do what.
    private static void certificates(Map<String, Function<Shell, Object>> commands) {
        commands.put(
                "certificate",
                shell -> group(
                        new CertificateGroup(),
                        new CertificateAdd(shell),
                        new CertificateLs(shell),
                        new CertificateRm(shell)));
        commands.put("ca", shell -> group(new AuthorityGroup(), new AuthorityShow(shell)));
    }

    private static void users(Map<String, Function<Shell, Object>> commands) {
        commands.put(
                "user",
                shell -> group(
                        new UserGroup(),
                        new UserAdd(shell),
                        new UserLs(shell),
                        new UserRole(shell),
                        new UserToken(shell),
                        new UserRevoke(shell),
                        new UserRm(shell)));
        commands.put("quota", shell -> group(new QuotaGroup(), new QuotaLs(shell), new QuotaSet(shell)));
        commands.put("login", LogIn::new);
        commands.put("logout", LogOut::new);
        commands.put("whoami", WhoAmI::new);
        commands.put("audit", Audit::new);
    }

    private static Group group(Object group, Object... members) {
        return new Group(group, List.of(members));
    }

    /// Commands about one thing, such as `flocker volume ls`.
    record Group(Object group, List<Object> members) {
        /// With `only`, if that is the name of one of them: to look into all of them takes longer than to run one.
        CommandLine line(String only) {
            List<Object> asked =
                    members.stream().filter(member -> name(member).equals(only)).toList();
            var line = new CommandLine(group);
            (asked.isEmpty() ? members : asked).forEach(line::addSubcommand);
            return line;
        }

        private static String name(Object member) {
            Command command = member.getClass().getAnnotation(Command.class);
            return command == null ? "" : command.name();
        }
    }
}
