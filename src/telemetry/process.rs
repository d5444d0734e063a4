//! What the system knows of this process, by the names that Prometheus' own client libraries use.

use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::{Registry, Unit};

/// Adds what can be read; what cannot is left out, since a figure that is missing alarms and one that is wrong does not.
pub(super) fn register(registry: &mut Registry) {
    #[cfg(target_os = "linux")]
    let _ = linux(registry);
    #[cfg(not(target_os = "linux"))]
    let _ = registry;
}

#[cfg(target_os = "linux")]
fn linux(registry: &mut Registry) -> procfs::ProcResult<()> {
    use procfs::process::Process;
    let process = Process::myself()?;
    let (stat, limits) = (process.stat()?, process.limits()?);
    let processor = (stat.utime + stat.stime) as f64 / procfs::ticks_per_second() as f64;
    let help = "Processor time of the process";
    registry.register_with_unit("process_cpu", help, Unit::Seconds, ConstCounter::new(processor));
    let resident = stat.rss * procfs::page_size();
    registry.register_with_unit("process_resident_memory", "Resident memory", Unit::Bytes, ConstGauge::new(resident));
    registry.register("process_open_fds", "Open files and sockets", ConstGauge::new(process.fd_count()? as u64));
    if let procfs::process::LimitValue::Value(most) = limits.max_open_files.soft_limit {
        registry.register("process_max_fds", "Files and sockets that may be open", ConstGauge::new(most));
    }
    Ok(())
}
