"""Files of tables, designs and ensembles: how they are read and written."""
