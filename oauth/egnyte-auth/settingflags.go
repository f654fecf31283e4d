package main

import (
	"strings"

	"github.com/spf13/cobra"

	"egnyte-accounts/oauth/settings"
)

// settingFlag puts what a flag says among the values that were asked for.
type settingFlag struct {
	settings.Field
	asked settings.Values
}

// addSettingFlags adds a flag for each setting that has one.
func addSettingFlags(c *cobra.Command, asked settings.Values) {
	for _, f := range settings.All() {
		if f.Flag != "" {
			added := c.Flags().VarPF(settingFlag{f, asked}, f.Flag, "", f.Usage)
			if f.Kind == settings.Switch {
				added.NoOptDefVal = "true"
			}
		}
	}
}

// String is empty: what a flag's default is depends on the settings.
func (f settingFlag) String() string { return "" }

func (f settingFlag) Set(text string) error {
	switch f.Kind {
	case settings.List:
		text = strings.TrimSpace(f.asked[f.Name] + " " + strings.ReplaceAll(text, ",", " "))
	case settings.Switch:
		var err error
		if text, err = f.Check(text); err != nil {
			return err
		}
	}
	f.asked[f.Name] = text
	return nil
}

func (f settingFlag) Type() string {
	if f.Kind == settings.Switch {
		return "bool"
	}
	return "string"
}
