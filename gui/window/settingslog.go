package window

// logLevels are the levels of the settings in the words of a person.
var logLevels = []struct{ name, level string }{
	{"Quiet: what goes wrong", "warning"},
	{"Normal: what is done, too", "info"},
	{"Detailed: every step, for support", "debug"},
}

func (f *settingsForm) buildLog() {
	var names []string
	for _, l := range logLevels {
		names = append(names, l.name)
	}
	f.log = f.choice(names)
	f.row("log_level", "Log", f.log, f.log)
}

func (f *settingsForm) logLevel() string {
	for _, l := range logLevels {
		if l.name == f.log.Selected {
			return l.level
		}
	}
	return ""
}
