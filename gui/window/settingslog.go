package window

import "egnyte-accounts/oauth/words"

type logLevel struct{ name, level string }

// logLevels are the levels of the settings in the words of a person.
func logLevels() []logLevel {
	return []logLevel{
		{words.Say("Quiet: what goes wrong"), "warning"},
		{words.Say("Normal: what is done, too"), "info"},
		{words.Say("Detailed: every step, for support"), "debug"},
	}
}

func (f *settingsForm) buildLog() {
	var names []string
	for _, l := range logLevels() {
		names = append(names, l.name)
	}
	f.log = f.choice(names)
	f.row("log_level", words.Say("Log"), f.log, f.log)
}

func (f *settingsForm) logLevel() string {
	for _, l := range logLevels() {
		if l.name == f.log.Selected {
			return l.level
		}
	}
	return ""
}
