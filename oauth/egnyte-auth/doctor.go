package main
import "github.com/spf13/cobra"
func newDoctor(p *program) *cobra.Command { return &cobra.Command{Use:"doctor"} }
