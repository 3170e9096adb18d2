//! What was measured on.

/// The processor's name, as far as the system tells it, and the version of this command.
pub(super) struct Machine {
    pub(super) processor: String,
    pub(super) version: &'static str,
}

impl Machine {
    pub(super) fn this() -> Self {
        let told = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let name = model(&told).map(str::to_owned);
        let other = || format!("{} ({})", std::env::consts::ARCH, std::env::consts::OS);
        Self { processor: name.unwrap_or_else(other), version: env!("CARGO_PKG_VERSION") }
    }
}

fn model(told: &str) -> Option<&str> {
    let line = told.lines().find(|line| line.starts_with("model name"))?;
    line.split_once(':').map(|(_, name)| name.trim()).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_the_first_processor_is_taken() {
        let told = "processor\t: 0\nmodel name\t: Some CPU @ 2.50GHz\nmodel name\t: Other\n";
        assert_eq!(model(told), Some("Some CPU @ 2.50GHz"));
        assert_eq!(model("model name\t:\n"), None);
        assert_eq!(model("Processor: ARMv7"), None);
    }
}
