//! A whole run with the settings of the page: what it learns, and what an epoch and its recording take.

use std::path::PathBuf;

use cnnslicer::storage::memory::MemoryStore;
use cnnslicer::trainer::device::Accelerator;
use cnnslicer::trainer::run::{RunOrder, run};
use cnnslicer::training::TrainingConfig;

use super::console::Console;

/// Takes a preset's name, or layers in the editor's notation.
pub fn choose_model(config: &mut TrainingConfig, model: &str) -> Result<(), String> {
    let set = if model.contains(' ') {
        config.set("model", "custom").and_then(|()| config.set("layers", model))
    } else {
        config.set("model", model)
    };
    set.map_err(|error| error.to_string())
}

/// Trains a run with `NAME=VALUE` settings, as in a link to the page, and prints a line an epoch.
pub fn train(settings: &[&str]) -> Result<(), String> {
    let mut config = TrainingConfig::default();
    for setting in settings {
        let (name, value) =
            setting.split_once('=').ok_or_else(|| format!("{setting}: NAME=VALUE is wanted"))?;
        config.set(name, value).map_err(|error| error.to_string())?;
    }
    let order = RunOrder {
        run: "bench".to_owned(),
        name: "bench".to_owned(),
        created: "2026-01-01T00:00:00Z".to_owned(),
        data_url: "data/".to_owned(),
        config,
    };
    let mut console = Console::new(
        std::env::var_os("CNNSLICER_DATA").filter(|folder| !folder.is_empty()).map(PathBuf::from),
    );
    let cpu = Accelerator::cpu("CPU");
    let training = run(&order, &mut console, MemoryStore::new(), &cpu);
    let end = pollster::block_on(training).map_err(|error| error.into_fault().to_string())?;
    console.summary();
    println!("{end:?}");
    Ok(())
}
